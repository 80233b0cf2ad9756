import fc from "fast-check";
import { expect, it } from "vitest";
import type { TlsHandshake } from "@/lib/memcached/inspect/tls";
import { DAY_MS } from "@/lib/model/time";
import { judgeTls } from "./verdict";

const NOW_MS = Date.UTC(2026, 10, 22);

function offered(more: Partial<TlsHandshake["chain"][number]> = {}): TlsHandshake {
  const own = {
    subject: "CN=cache-1",
    issuer: "CN=authority",
    altNames: ["DNS:cache-1"],
    serialNumber: "01",
    fingerprint: "AA:BB",
    validFromMs: NOW_MS - DAY_MS,
    validToMs: NOW_MS + 90 * DAY_MS,
    ...more,
  };
  return {
    kind: "offered",
    protocol: "TLSv1.3",
    cipher: "TLS_AES_256_GCM_SHA384",
    chain: [own],
    untrusted: null,
    host: "cache-1",
    nameMatches: true,
  };
}

function judged(inspection: TlsHandshake, udpPort: number | null = 0) {
  const endpoint = {
    address: { kind: "tcp", host: "cache-1", port: 11211 },
    tls: { insecureSkipVerify: false },
  } as const;
  return judgeTls({ endpoint, inspection, exposure: "private", udpPort, nowMs: NOW_MS });
}

it("shows a certificate's texts only escaped and truncated", () => {
  const words = fc.string({ unit: "binary", maxLength: 2_000 });
  fc.assert(
    fc.property(words, words, fc.array(words, { maxLength: 60 }), (subject, issuer, altNames) => {
      const checks = judged(offered({ subject, issuer, altNames }));
      for (const { title, evidence } of checks) {
        for (const text of [title, ...Object.values(evidence).flat()].map(String)) {
          expect(text).toMatch(/^[\x20-\x7e\n]*$/);
          expect(text.length).toBeLessThanOrEqual(16_384);
        }
      }
    }),
  );
});

it("counts full days on both sides of the end", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -400, max: 800 }),
      fc.integer({ min: 1, max: DAY_MS - 1 }),
      (days, restMs) => {
        const end = days * DAY_MS + Math.sign(days || 1) * restMs;
        const expiry = judged(offered({ validFromMs: NOW_MS - 900 * DAY_MS, validToMs: NOW_MS + end })).find(
          ({ check }) => check === "tls-expiry",
        );
        expect(Number(expiry?.evidence.daysLeft) + 0).toBe(days);
        const expected = end <= 0 ? "critical" : days < 14 ? "warning" : days < 30 ? "info" : "ok";
        expect(expiry?.severity).toBe(expected);
      },
    ),
  );
});

it("reports nothing about UDP that the node does not report", () => {
  const udp = (port: number | null) => judged(offered(), port).find(({ check }) => check === "tls-udp-clear");
  expect(udp(null)).toMatchObject({ verdict: "unknown" });
  expect(udp(0)).toMatchObject({ verdict: "pass", severity: "ok" });
  expect(udp(11211)).toMatchObject({ verdict: "fail", severity: "critical" });
});
