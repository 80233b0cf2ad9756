import { Fragment } from "react";

/**
 * Characters that hide or reorder text: control characters, zero-width characters, and those that change the
 * direction of writing (Unicode TR 36, "bidirectional text spoofing"), line and paragraph separators, the
 * private use area, lone surrogates.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

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
    parts.push({ text: `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`, hidden: true });
  }
  if (plain !== "") parts.push({ text: plain, hidden: false });
  return parts;
}

/** The same as one string, for titles and copies. */
export function escapedText(text: string): string {
  return escapedParts(text)
    .map((part) => part.text)
    .join("");
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
