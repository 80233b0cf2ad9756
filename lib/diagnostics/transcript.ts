/** What was sent and received, safe to show. Nodes may be hostile: their bytes are data. */

/** Longest text in evidence, in characters; all of them are ASCII. */
export const MAX_EVIDENCE_TEXT = 16_384;

/** Printable ASCII as it is; every other byte, and the backslash, as C would write it. */
export function escaped(bytes: Uint8Array | string): string {
  const text = typeof bytes === "string" ? Buffer.from(bytes).toString("latin1") : latin1(bytes);
  return text.replace(/[^\x20-\x5b\x5d-\x7e]/g, escapeOf);
}

/** Cuts a text to what evidence may hold, and says how much was left out. */
export function bounded(text: string, limit = MAX_EVIDENCE_TEXT): string {
  if (text.length <= limit) return text;
  const note = (left: number) => `\n[${left} more characters]`;
  const kept = limit - note(text.length).length;
  return `${text.slice(0, kept)}${note(text.length - kept)}`;
}

/** Bytes of an exchange, one line of the node's text a line: `> ` before what was sent, `< ` before the rest. */
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
