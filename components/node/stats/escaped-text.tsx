import { Fragment } from "react";
import { escapeHidden, escapeOf, HIDDEN } from "@/lib/model/hidden-characters";

export interface TextPart {
  readonly text: string;
  readonly hidden: boolean;
}

/** Splits text into visible parts and escapes (`\u{202e}`) of deceptive characters. */
export function escapedParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let plain = "";
  for (const character of text) {
    if (!HIDDEN.test(character)) {
      plain += character;
      continue;
    }
    if (plain !== "") parts.push({ text: plain, hidden: false });
    plain = "";
    parts.push({ text: escapeOf(character), hidden: true });
  }
  if (plain !== "") parts.push({ text: plain, hidden: false });
  return parts;
}

/** The same as one string, for titles and copies. */
export function escapedText(text: string): string {
  return escapeHidden(text);
}

/**
 * Text from a server, with invisible characters made visible, isolated from the surrounding text direction.
 */
export function EscapedText({ text }: { readonly text: string }) {
  if (!HIDDEN.test(text)) return <bdi>{text}</bdi>;
  return (
    <bdi dir="ltr">
      {escapedParts(text).map((part, index) => {
        const key = `${index}`;
        return part.hidden ? (
          <span key={key} className="rounded-sm bg-warn-soft px-0.5 font-mono text-warn">
            {part.text}
          </span>
        ) : (
          <Fragment key={key}>{part.text}</Fragment>
        );
      })}
    </bdi>
  );
}
