/** Bytes sent and received, made safe to show. Nodes may be hostile: their bytes are data. */

/** Maximum length of a text in evidence, in ASCII characters. */
export const MAX_EVIDENCE_TEXT = 16_384;

/** Printable ASCII unchanged; every other byte, and the backslash, as a C escape. */
export function escaped(bytes: Uint8Array | string): string {
  const text = typeof bytes === "string" ? Buffer.from(bytes).toString("latin1") : latin1(bytes);
  return text.replace(/[^\x20-\x5b\x5d-\x7e]/g, escapeOf);
}

/** Truncates a text to the limit of evidence, and appends how much was cut. */
export function bounded(text: string, limit = MAX_EVIDENCE_TEXT): string {
  if (text.length <= limit) return text;
  const note = (rest: number) => `\n[${rest} more characters]`;
  const length = limit - note(text.length).length;
  return `${text.slice(0, length)}${note(text.length - length)}`;
}

/** The bytes of an exchange, line by line: `> ` before sent lines, `< ` before received ones. */
export function exchangeLines(direction: ">" | "<", bytes: Uint8Array): string[] {
  const lines = latin1(bytes).match(/[^\n]*\n|[^\n]+/g) ?? [];
  return lines.map((line) => `${direction} ${escaped(Buffer.from(line, "latin1"))}`);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

const NAMED: Readonly<Record<string, string>> = { "\r": "\\r", "\n": "\\n", "\t": "\\t", "\\": "\\\\" };

function escapeOf(character: string): string {
  return NAMED[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
