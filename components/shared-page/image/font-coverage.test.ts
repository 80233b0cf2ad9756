import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LOCALES } from "@/components/i18n/locale";
import { messagesOf } from "@/components/i18n/messages";
import { coverageOf, drawable, STAND_IN } from "./font-coverage";

const FONT = join(import.meta.dirname, "../../../public/fonts/noto-sans-jp-japanese-500-normal.woff");
const covered = coverageOf(readFileSync(FONT));

describe("what the font of the preview image can draw", () => {
  it("is every printable ASCII character and its own stand-in", () => {
    const ascii = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index)).join(
      "",
    );
    expect(drawable(ascii, covered)).toBe(ascii);
    expect(drawable(STAND_IN, covered)).toBe(STAND_IN);
  });

  it("is every text about a shared status, in both languages", () => {
    for (const locale of LOCALES) {
      const { share, status } = messagesOf(locale);
      for (const text of [
        ...Object.values(share.status).filter((each) => typeof each === "string"),
        ...Object.values(status.status),
      ]) {
        expect(drawable(text, covered)).toBe(text);
      }
    }
  });

  it("is not emoji, scripts it lacks, or marks that turn text around", () => {
    expect(drawable("ok 🔥", covered)).toBe(`ok ${STAND_IN}`);
    expect(drawable("한", covered)).toBe(STAND_IN);
    expect(drawable("a\u202eb\u200d", covered)).toBe("ab");
  });

  it("has no place in a file that is not a font", () => {
    expect(() => coverageOf(Buffer.alloc(64))).toThrow("not a WOFF");
  });
});
