/**
 * Characters that hide or reorder text: control characters, zero-width characters, and those that change the
 * direction of writing (Unicode TR 36, "bidirectional text spoofing"), line and paragraph separators, the
 * private use area, lone surrogates.
 */
export const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

/** The escape of a hidden character: `\u{202e}`. */
export function escapeOf(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** The text with hidden characters escaped. */
export function escapeHidden(text: string): string {
  if (!HIDDEN.test(text)) return text;
  return Array.from(text, (character) => (HIDDEN.test(character) ? escapeOf(character) : character)).join("");
}
