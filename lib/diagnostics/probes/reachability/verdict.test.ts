import fc from "fast-check";
import { expect, it } from "vitest";
import { judgeConnecting, percentile } from "./verdict";

it("uses the nearest rank: a share of the values is not above it, and fewer are below", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(50), { minLength: 1, maxLength: 40 }),
      fc.constantFrom(0.5, 0.95, 1),
      (values, share) => {
        const sorted = [...values].sort((a, b) => a - b);
        const found = percentile(sorted, share);
        if (found === null) throw new Error("a value was given");
        expect(values).toContain(found);
        expect(values.filter((value) => value <= found).length).toBeGreaterThanOrEqual(share * values.length);
        expect(values.filter((value) => value < found).length).toBeLessThan(share * values.length);
      },
    ),
  );
});

it("has none of no values", () => {
  expect(percentile([], 0.5)).toBeNull();
});

it("never shows a reason unescaped", () => {
  const check = judgeConnecting([{ address: "unix:/run/\u001b[31m", ms: null, reason: "no \n route" }], null);
  expect(check.evidence.attempts).toEqual(["unix:/run/\\x1b[31m: no \\n route"]);
});
