/**
 * Which characters a WOFF font can draw (WOFF File Format 1.0; OpenType, table `cmap`, formats 4 and 12).
 *
 * The image renderer downloads a font for a character that none of its fonts has. Images use this font alone, so
 * characters that it cannot draw have to be replaced first.
 */
import { inflateSync } from "node:zlib";

const WOFF_SIGNATURE = 0x774f4646;
const DIRECTORY_ENTRY = 20;
const HEADER = 44;

/** The code points that the font has a glyph for. Throws on anything but a WOFF 1.0 font with a usable `cmap`. */
export function coverageOf(woff: Buffer): ReadonlySet<number> {
  const cmap = tableOf(woff, "cmap");
  const covered = new Set<number>();
  for (let index = 0; index < cmap.readUInt16BE(2); index++) {
    const at = cmap.readUInt32BE(4 + index * 8 + 4);
    const format = cmap.readUInt16BE(at);
    if (format === 4) addSegments(cmap, at, covered);
    else if (format === 12) addGroups(cmap, at, covered);
  }
  if (covered.size === 0) throw new Error("the font has no character map that can be read");
  return covered;
}

function tableOf(woff: Buffer, name: string): Buffer {
  if (woff.readUInt32BE(0) !== WOFF_SIGNATURE) throw new Error("not a WOFF 1.0 font");
  for (let index = 0; index < woff.readUInt16BE(12); index++) {
    const entry = HEADER + index * DIRECTORY_ENTRY;
    if (woff.toString("latin1", entry, entry + 4) !== name) continue;
    const offset = woff.readUInt32BE(entry + 4);
    const stored = woff.readUInt32BE(entry + 8);
    const original = woff.readUInt32BE(entry + 12);
    const bytes = woff.subarray(offset, offset + stored);
    return stored < original ? inflateSync(bytes) : bytes;
  }
  throw new Error(`the font has no table ${name}`);
}

/** Format 4: segments of the basic plane. A glyph index of 0 is the missing glyph. */
function addSegments(cmap: Buffer, at: number, covered: Set<number>): void {
  const bytes = cmap.readUInt16BE(at + 6);
  const ends = at + 14;
  const starts = ends + bytes + 2;
  const deltas = starts + bytes;
  const offsets = deltas + bytes;
  for (let position = 0; position < bytes; position += 2) {
    const start = cmap.readUInt16BE(starts + position);
    const end = cmap.readUInt16BE(ends + position);
    const delta = cmap.readUInt16BE(deltas + position);
    const offset = cmap.readUInt16BE(offsets + position);
    for (let code = start; code <= end && code < 0xffff; code++) {
      const direct = offset === 0;
      const glyphAt = offsets + position + offset + 2 * (code - start);
      const glyph = direct ? code + delta : cmap.readUInt16BE(glyphAt);
      if ((glyph & 0xffff) !== 0) covered.add(code);
    }
  }
}

/** Format 12: groups over all planes. */
function addGroups(cmap: Buffer, at: number, covered: Set<number>): void {
  for (let index = 0; index < cmap.readUInt32BE(at + 12); index++) {
    const group = at + 16 + index * 12;
    const [start, end] = [cmap.readUInt32BE(group), cmap.readUInt32BE(group + 4)];
    const glyph = cmap.readUInt32BE(group + 8);
    for (let code = start; code <= end; code++) if (glyph + code - start !== 0) covered.add(code);
  }
}

/** Replaces missing characters: the geta mark of Japanese printing. */
export const STAND_IN = "〓";

/**
 * The text with everything replaced that the font cannot draw. Emoji are replaced even where the font has a
 * glyph, because the renderer fetches pictures for them; combined characters are composed first.
 */
export function drawable(text: string, covered: ReadonlySet<number>): string {
  let drawn = "";
  for (const character of text.normalize("NFC").replace(/[\u00a0\u202f\u2009]/g, " ")) {
    const code = character.codePointAt(0) ?? 0;
    if (/[\p{Cc}\p{Cf}\p{Mn}\p{Variation_Selector}]/u.test(character)) continue;
    const plain = covered.has(code) && !/\p{Emoji_Presentation}|\p{Extended_Pictographic}/u.test(character);
    drawn += plain ? character : STAND_IN;
  }
  return drawn;
}
