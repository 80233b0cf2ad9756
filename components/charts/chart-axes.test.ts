import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SeriesUnit } from "@/lib/model/series.schema";
import { timeTicks, valueAxis, zoneOffsetMs } from "./chart-axes";
import { axisLabels } from "./chart-format";

function axis(unit: SeriesUnit, values: (number | null)[], limit?: number) {
  const line = {
    key: "a",
    label: "",
    metric: "m",
    node: null,
    tone: "s1",
    dash: null,
    area: false,
    values,
  } as const;
  const limits = limit === undefined ? [] : [{ value: limit, label: "" }];
  return valueAxis({ unit, lines: [line], limits }, new Set());
}

const GIB = 1024 ** 3;

describe("the value axis", () => {
  it("ends a ratio at 100 % and never zooms in closer than a quarter", () => {
    expect(axis("ratio", [0.991, 0.999])).toEqual({
      domain: [0.75, 1],
      ticks: [0.75, 0.8, 0.85, 0.9, 0.95, 1],
    });
    expect(axis("ratio", [0.62, 0.9])).toEqual({ domain: [0.5, 1], ticks: [0.5, 0.75, 1] });
    expect(axis("ratio", [0.3])).toEqual({ domain: [0.25, 1], ticks: [0.25, 0.5, 0.75, 1] });
    expect(axis("ratio", [0])).toEqual({ domain: [0, 1], ticks: [0, 0.5, 1] });
    expect(axis("ratio", [null]).domain).toEqual([0.75, 1]);
  });

  it("shows a ratio above 100 %, as memory over its limit is", () => {
    expect(axis("ratio", [1.3]).domain[1]).toBeGreaterThanOrEqual(1.3);
  });

  it("starts everything else at zero and includes the limit with room for its label", () => {
    const memory = axis("bytes", [3.4 * GIB], 4 * GIB);
    expect(memory.domain[0]).toBe(0);
    expect(memory.domain[1]).toBeGreaterThan(4 * GIB);
    expect(memory.ticks).toEqual([0, 2 * GIB, 4 * GIB]);
    expect(axis("count", [635], 1024).ticks).toEqual([0, 500, 1000]);
  });

  it("uses integer ticks for counts", () => {
    expect(axis("count", [1, 2]).ticks).toEqual([0, 1, 2]);
    expect(axis("count", [0]).ticks).toEqual([0, 1]);
  });

  it("ignores hidden lines", () => {
    const lines = [1, 900].map((value, index) => ({
      key: `l${index}`,
      label: "",
      metric: "m",
      node: null,
      tone: "s1" as const,
      dash: null,
      area: false,
      values: [value],
    }));
    expect(valueAxis({ unit: "count", lines, limits: [] }, new Set(["l1"])).domain[1]).toBeLessThan(10);
  });

  it("contains every value, with two to eight distinct labels", () => {
    const units = fc.constantFrom<SeriesUnit>(
      "ratio",
      "bytes",
      "count",
      "perSecond",
      "bytesPerSecond",
      "seconds",
      "cores",
    );
    fc.assert(
      fc.property(
        units,
        fc.array(fc.double({ min: 0, max: 1e13, noNaN: true }), { minLength: 1 }),
        (unit, values) => {
          const shown = unit === "ratio" ? values.map((value) => Math.min(value, 1)) : values;
          const { domain, ticks } = axis(unit, shown);
          for (const value of shown) {
            expect(value).toBeGreaterThanOrEqual(domain[0]);
            expect(value).toBeLessThanOrEqual(domain[1] * (1 + 1e-9));
          }
          expect(ticks.length).toBeGreaterThanOrEqual(2);
          expect(ticks.length).toBeLessThanOrEqual(8);
          expect(new Set(axisLabels(ticks, unit, "en").values()).size).toBe(ticks.length);
        },
      ),
    );
  });
});

describe("labels of the value axis", () => {
  it("share one unit, so that they can be compared by eye", () => {
    expect([...axisLabels([0, 2 * GIB, 4 * GIB], "bytes", "en").values()]).toEqual([
      "0",
      "2\u00a0GiB",
      "4\u00a0GiB",
    ]);
    expect([...axisLabels([0, 512 * 1024, 1024 ** 2], "bytes", "en").values()]).toEqual([
      "0",
      "0.5\u00a0MiB",
      "1\u00a0MiB",
    ]);
    expect([...axisLabels([0.5, 0.75, 1], "ratio", "en").values()]).toEqual(["50%", "75%", "100%"]);
    expect([...axisLabels([0, 20_000], "perSecond", "en").values()]).toEqual(["0", "20\u00a0k"]);
    expect([...axisLabels([0, 0.0005], "seconds", "en").values()]).toEqual(["0", "500\u00a0µs"]);
  });
});

describe("the time axis", () => {
  const at = (iso: string) => Date.parse(iso);

  it("places ticks at round wall-clock times of the zone", () => {
    // Kathmandu is 5 h 45 min ahead of UTC: its full hours lie at :15 UTC.
    const { ticks, precision } = timeTicks(
      at("2026-03-01T00:00:00Z"),
      at("2026-03-01T05:00:00Z"),
      "Asia/Kathmandu",
      6,
    );
    expect(precision).toBe("minute");
    expect(ticks.map((tick) => new Date(tick).toISOString().slice(11, 16))).toEqual([
      "00:15",
      "01:15",
      "02:15",
      "03:15",
      "04:15",
    ]);
  });

  it("begins days at the zone's midnight, also over the change to summer time", () => {
    const { ticks, precision } = timeTicks(
      at("2026-03-27T00:00:00Z"),
      at("2026-03-31T12:00:00Z"),
      "Europe/Berlin",
      6,
    );
    expect(precision).toBe("day");
    expect(ticks.map((tick) => new Date(tick).toISOString())).toEqual([
      "2026-03-27T23:00:00.000Z",
      "2026-03-28T23:00:00.000Z",
      "2026-03-29T22:00:00.000Z",
      "2026-03-30T22:00:00.000Z",
    ]);
  });

  it("never returns more ticks than fit, all inside the range and ascending", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2e12 }),
        fc.integer({ min: 60_000, max: 90 * 86_400_000 }),
        fc.integer({ min: 2, max: 12 }),
        fc.constantFrom("UTC", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe"),
        (from, span, most, zone) => {
          const { ticks } = timeTicks(from, from + span, zone, most);
          expect(ticks.length).toBeLessThanOrEqual(most + 1);
          expect(ticks).toEqual([...new Set(ticks)].sort((a, b) => a - b));
          for (const tick of ticks) {
            expect(tick).toBeGreaterThanOrEqual(from);
            expect(tick).toBeLessThanOrEqual(from + span);
          }
        },
      ),
    );
  });

  it("returns the offset of a time zone", () => {
    expect(zoneOffsetMs(at("2026-07-01T00:00:00Z"), "America/New_York")).toBe(-4 * 3_600_000);
    expect(zoneOffsetMs(at("2026-01-01T00:00:00.500Z"), "Asia/Tokyo")).toBe(9 * 3_600_000);
  });
});
