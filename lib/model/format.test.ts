import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatAge,
  formatBytes,
  formatBytesOf,
  formatChange,
  formatCount,
  formatDuration,
  formatInstant,
  formatIso,
  formatPoints,
  formatRate,
  formatRatio,
} from "./format";

const NBSP = "\u00a0";

describe("bytes", () => {
  it.each([
    [0, "0 B"],
    [1023, "1,023 B"],
    [1024, "1 KiB"],
    [67_108_864, "64 MiB"],
    [1.5 * 2 ** 40, "1.5 TiB"],
    [1_073_741_823, "1 GiB"],
  ])("%d are shown as %s", (bytes, shown) => {
    expect(formatBytes(bytes, "en")).toBe(shown.replace(" ", NBSP));
  });

  it("show a part in the unit of the larger value, so that both can be compared", () => {
    expect(formatBytesOf(512 * 2 ** 20, 4 * 2 ** 30, "en")).toEqual({ part: "0.5", whole: `4${NBSP}GiB` });
    expect(formatBytesOf(null, 2 ** 30, "en")).toEqual({ part: "–", whole: `1${NBSP}GiB` });
  });

  it("never need more than four digits before the unit", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2 ** 59, noNaN: true }), (bytes) => {
        const digits = formatBytes(bytes, "en").split(NBSP)[0]?.replaceAll(/\D/g, "") ?? "";
        expect(digits.length).toBeLessThanOrEqual(4);
      }),
    );
  });
});

describe("what is not reported", () => {
  it("is a dash in every form, never 0", () => {
    for (const format of [formatBytes, formatCount, formatRate, formatRatio, formatDuration, formatAge]) {
      for (const absent of [null, undefined, Number.NaN]) expect(format(absent, "en")).toBe("–");
    }
  });
});

describe("counts and rates", () => {
  it("are exact below ten thousand and carry an SI prefix above", () => {
    expect(formatCount(9_999, "en")).toBe("9,999");
    expect(formatCount(48_210, "en")).toBe(`48.2${NBSP}k`);
    expect(formatCount(1_210_000, "ja")).toBe(`1.21${NBSP}M`);
    expect(formatCount(999_600, "en")).toBe(`1${NBSP}M`);
  });

  it("keep decimals of small rates and never round a value to 0", () => {
    expect(formatRate(0, "en")).toBe("0");
    expect(formatRate(0.25, "en")).toBe("0.25");
    expect(formatRate(12.34, "en")).toBe("12.3");
    expect(formatRate(0.001, "en")).toBe(`<${NBSP}0.01`);
  });
});

describe("ratios", () => {
  it.each([
    [0.942, "94.2%"],
    [1, "100%"],
    [0, "0%"],
    [0.99996, "99.9%"],
    [0.00001, "0.1%"],
  ])("%d is shown as %s", (ratio, shown) => {
    expect(formatRatio(ratio, "en")).toBe(shown);
  });

  it("differ in percentage points with a real minus sign", () => {
    expect(formatPoints(-0.018, "en")).toBe("\u22121.8");
    expect(formatPoints(0.004, "en")).toBe("+0.4");
    expect(formatPoints(-0.0004, "en")).toBe("0.0");
    expect(formatChange(0.04, "en")).toBe("+4%");
  });
});

describe("durations", () => {
  it("show their two largest units, or one on request", () => {
    expect(formatDuration(230, "en")).toBe("3m 50s");
    expect(formatDuration(230, "ja")).toBe("3 分 50 秒");
    expect(formatDuration(18 * 86_400 + 4 * 3_600 + 59, "en")).toBe("18d 4h");
    expect(formatDuration(18 * 86_400 + 4 * 3_600, "en", 1)).toBe("18d");
    expect(formatDuration(3_600, "en")).toBe("1h");
    expect(formatDuration(0, "en")).toBe("0s");
    expect(formatDuration(0.25, "en")).toBe(`250${NBSP}ms`);
  });

  it("show how long ago in the reader's language", () => {
    expect(formatAge(12, "en")).toBe("12s ago");
    expect(formatAge(12, "ja")).toBe("12秒前");
    expect(formatAge(7_300, "en")).toBe("2h ago");
  });
});

describe("points in time", () => {
  const at = Date.UTC(2026, 10, 22, 21, 5, 9, 123);

  it("are ISO 8601 to the second for tooltips", () => {
    expect(formatIso(at)).toBe("2026-11-22T21:05:09Z");
  });

  it("are shown in the requested time zone, in 24-hour format", () => {
    expect(formatInstant(at, "en", "UTC", "time")).toBe("21:05");
    expect(formatInstant(at, "en", "Asia/Tokyo", "time")).toBe("06:05");
    expect(formatInstant(Date.UTC(2026, 0, 1, 0, 0), "en", "UTC", "time")).toBe("00:00");
    expect(formatInstant(at, "ja", "Asia/Tokyo")).toContain("23日");
  });
});
