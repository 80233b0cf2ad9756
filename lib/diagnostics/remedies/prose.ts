/** Titles and texts of remedies, in the languages of the pages. */
import type { RemedyKind } from "@/lib/model/findings/finding";
import type { Remedy } from "@/lib/model/findings/finding.schema";

/** A text in every language of the pages. The English one is also the API's. */
export interface Prose {
  readonly en: string;
  readonly ja: string;
}

/** Sentences in order; Japanese takes no space between them. */
export function sentences(...parts: readonly (Prose | null)[]): Prose {
  const present = parts.filter((part) => part !== null);
  return { en: present.map(({ en }) => en).join(" "), ja: present.map(({ ja }) => ja).join("") };
}

/** A remedy that is read rather than run. */
export function proseRemedy(kind: "explanation" | "cost", title: Prose, text: Prose): Remedy {
  return { for: kind, title: title.en, text: text.en, ja: { title: title.ja, text: text.ja } };
}

/** Commands or the content of a file: the same in every language. */
export function commandRemedy(kind: RemedyKind, title: Prose, lines: readonly string[]): Remedy {
  return { for: kind, title: title.en, text: lines.join("\n"), ja: { title: title.ja } };
}

/** A title that is a proper name. */
export function sameInBoth(name: string): Prose {
  return { en: name, ja: name };
}
