import fc from "fast-check";
import { expect, it } from "vitest";
import { NODE_GAP_MS, PER_SECOND, UdpRateLimit } from "./pace";

const request = fc.record({ node: fc.nat(80), address: fc.nat(40), afterMs: fc.nat(300) });

it("never permits more than its limits, for any callers and times", () => {
  fc.assert(
    fc.property(fc.array(request, { maxLength: 600 }), (requests) => {
      const pace = new UdpRateLimit();
      const sent: { keys: string[]; atMs: number }[] = [];
      let nowMs = 0;
      for (const { node, address, afterMs } of requests) {
        nowMs += afterMs % 7 === 0 ? afterMs : 0;
        const keys = [`n${node}`, `a${address}`];
        if (pace.take(keys, nowMs) === 0) sent.push({ keys, atMs: nowMs });
      }
      for (const { keys, atMs } of sent) {
        const within = (ms: number) =>
          sent.filter((datagram) => datagram.atMs >= atMs && datagram.atMs < atMs + ms);
        expect(within(1_000).length).toBeLessThanOrEqual(PER_SECOND);
        for (const key of keys)
          expect(within(NODE_GAP_MS).filter((datagram) => datagram.keys.includes(key))).toHaveLength(1);
      }
    }),
  );
});

it("permits a caller who retries after the returned wait", () => {
  fc.assert(
    fc.property(fc.array(request, { maxLength: 120 }), (requests) => {
      const pace = new UdpRateLimit();
      let nowMs = 0;
      for (const { node, address } of requests) {
        const keys = [`n${node}`, `a${address}`];
        const waitMs = pace.take(keys, nowMs);
        expect(waitMs).toBeGreaterThanOrEqual(0);
        if (waitMs === 0) continue;
        // With one caller the wait is exact: a moment earlier is too early.
        expect(pace.take(keys, nowMs + waitMs - 0.5)).toBeGreaterThan(0);
        expect(pace.take(keys, nowMs + waitMs)).toBe(0);
        nowMs += waitMs;
      }
    }),
  );
});

it("delays the fifty-first datagram of a second until the first is a second old", () => {
  const pace = new UdpRateLimit();
  for (let node = 0; node < 50; node++) expect(pace.take([`n${node}`], 100 + node)).toBe(0);
  expect(pace.take(["n50"], 150)).toBe(950);
  expect(pace.take(["n50"], 1_100)).toBe(0);
});

it("keeps one node's gap for all of its names and addresses", () => {
  const pace = new UdpRateLimit();
  expect(pace.take(["a", "10.0.0.1 11211"], 0)).toBe(0);
  expect(pace.take(["b", "10.0.0.1 11211"], 1)).toBe(9_999);
  expect(pace.take(["a", "10.0.0.2 11211"], 2)).toBe(9_998);
  expect(pace.take(["b", "10.0.0.2 11211"], 3)).toBe(0);
});
