/** Views of a value: text, JSON and bytes. Pure. */

/** The bytes of a value as the API returns it. */
export function bytesOf(value: string, encoding: "utf8" | "base64"): Uint8Array {
  if (encoding === "utf8") return new TextEncoder().encode(value);
  return Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
}

export interface HexRow {
  /** Offset of the first byte, as eight hexadecimal digits. */
  readonly offset: string;
  /** Two digits a byte, in two groups of eight. */
  readonly hex: string;
  /** Printable ASCII; a dot for every other byte. */
  readonly text: string;
}

/** As `hexdump -C` prints it, `from` to at most `from + rows × 16`. */
export function hexRows(bytes: Uint8Array, rows: number, from = 0): HexRow[] {
  const out: HexRow[] = [];
  for (let at = from; at < bytes.length && out.length < rows; at += 16) {
    const part = [...bytes.subarray(at, at + 16)];
    const digits = part.map((byte) => byte.toString(16).padStart(2, "0"));
    out.push({
      offset: at.toString(16).padStart(8, "0"),
      hex: [digits.slice(0, 8).join(" "), digits.slice(8).join(" ")].filter(Boolean).join("  "),
      text: part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join(""),
    });
  }
  return out;
}

/**
 * JSON with line breaks and two spaces a level. Tokens stay as they are: a parser would round long numbers and
 * drop repeated names. Null when it is not JSON.
 */
export function indentJson(text: string): string | null {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  let out = "";
  let depth = 0;
  const lineBreak = () => `\n${"  ".repeat(depth)}`;
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+/g) ?? [];
  tokens.forEach((token, index) => {
    const next = tokens[index + 1];
    if (token === "{" || token === "[") {
      const empty = next === "}" || next === "]";
      depth += 1;
      out += empty ? token : token + lineBreak();
    } else if (token === "}" || token === "]") {
      depth -= 1;
      const before = tokens[index - 1];
      out += before === "{" || before === "[" ? token : lineBreak() + token;
    } else if (token === ",") out += `,${lineBreak()}`;
    else out += token === ":" ? ": " : token;
  });
  return out;
}
