import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LOCALES } from "@/components/i18n/locale";
import { messagesOf } from "@/components/i18n/messages";
import { coverageOf, drawable, STAND_IN } from "./font-coverage";

const FONT = join(import.meta.dirname, "../../../public/fonts/noto-sans-jp-japanese-500-normal.woff");
const covered = coverageOf(readFileSync(FONT));

describe("the font of the preview image", () => {
  it("covers printable ASCII and its replacement character", () => {
    const ascii = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index)).join(
      "",
    );
    expect(drawable(ascii, covered)).toBe(ascii);
    expect(drawable(STAND_IN, covered)).toBe(STAND_IN);
  });

  it("covers every text of a shared status, in both languages", () => {
    for (const locale of LOCALES) {
      const { share, status } = messagesOf(locale);
      for (const text of [
        ...Object.values(share.status).filter((value) => typeof value === "string"),
        ...Object.values(status.status),
      ]) {
        expect(drawable(text, covered)).toBe(text);
      }
    }
  });

  it("does not cover emoji, missing scripts, or bidirectional marks", () => {
    expect(drawable("ok 🔥", covered)).toBe(`ok ${STAND_IN}`);
    expect(drawable("한", covered)).toBe(STAND_IN);
    expect(drawable("a\u202eb\u200d", covered)).toBe("ab");
  });

  it("covers nothing when the file is not a font", () => {
    expect(() => coverageOf(Buffer.alloc(64))).toThrow("not a WOFF");
  });
});
