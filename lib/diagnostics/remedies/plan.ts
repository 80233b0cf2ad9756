/** What a remedy consists of, before it is rendered for anybody's tools. */
import type { RemedyKind } from "@/lib/model/findings/finding";
import type { Remedy } from "@/lib/model/findings/finding.schema";
import type { NodeFacts } from "./node-facts";
import type { OptionChange } from "./start-up/options";
import type { VerifyKind } from "./verify";

/** A text in every language of the pages. The English one is also the API's. */
export interface Prose {
  readonly en: string;
  readonly ja: string;
}

export interface Plan {
  /** A few sentences. */
  readonly explanation: Prose;
  /** Options to start with from now on. */
  readonly changes?: readonly OptionChange[];
  /** Steps beyond the options. */
  readonly steps?: readonly Remedy[];
  /** Firewall rules help too. */
  readonly firewall?: boolean;
  readonly verify?: readonly VerifyKind[];
}

/** The finding to plan for, by its figures and evidence, and the facts of its node. */
export interface PlanContext {
  readonly check: string;
  readonly figures: Readonly<Record<string, unknown>>;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly facts: NodeFacts;
  /** Settings for which most of the pool has another value, with that value. */
  readonly drift: () => ReadonlyMap<string, string>;
}

/** By check: the plan, or a function of the finding and its node. */
export type PlansByCheck = Readonly<Record<string, Plan | ((context: PlanContext) => Plan)>>;

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
