import fc from "fast-check";
import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "./duration";

test.each([
  ["500ms", 500],
  ["10s", 10_000],
  ["2m", 120_000],
  ["24h", 86_400_000],
  ["90d", 7_776_000_000],
  ["0s", 0],
])("%s is %d milliseconds", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(["", "10", "s", "-1s", "1.5s", "1e3s", "10 s", "10S", "1w", "1h30m", "1234567890s", " 1s"])(
  "%j is not a duration",
  (text) => {
    expect(parseDuration(text)).toBeNull();
  },
);

test("every integer number of milliseconds can be written and read back", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999_999_999 }), (ms) => parseDuration(formatDuration(ms)) === ms),
  );
});
