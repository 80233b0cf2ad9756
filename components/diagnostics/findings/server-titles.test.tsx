import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { IntlProvider } from "use-intl";
import { describe, expect, it } from "vitest";
import { LOCALES, type Locale } from "@/components/i18n/locale";
import { messagesOf } from "@/components/i18n/messages";
import type { Check } from "@/lib/diagnostics/contract";
import { ADVISORIES } from "@/lib/diagnostics/probes/advisories/advisories";
import { judgeAdvisories } from "@/lib/diagnostics/probes/advisories/probe";
import {
  type AuthenticationObservations,
  judgeAuthentication,
} from "@/lib/diagnostics/probes/authentication/verdict";
import { judgeHealth } from "@/lib/diagnostics/probes/health/verdict";
import { judgeListeners } from "@/lib/diagnostics/probes/listeners/probe";
import {
  judgeAnswering,
  judgeConnecting,
  judgeResolving,
} from "@/lib/diagnostics/probes/reachability/verdict";
import { judgeRoundTrip } from "@/lib/diagnostics/probes/round-trip/probe";
import { judgeClock } from "@/lib/diagnostics/probes/settings/clock-skew";
import { judgeDrift } from "@/lib/diagnostics/probes/settings/drift";
import { judgeSettings } from "@/lib/diagnostics/probes/settings/probe";
import { judgeTls, UNIX_WITHOUT_TLS } from "@/lib/diagnostics/probes/tls/verdict";
import { udpRequest } from "@/lib/diagnostics/probes/udp/frame";
import { UdpReply } from "@/lib/diagnostics/probes/udp/reply";
import { judgeUdp } from "@/lib/diagnostics/probes/udp/verdict";
import { RecentCounters } from "@/lib/metrics/recent";
import { NodeError } from "@/lib/model/errors";
import { PHRASES, type PhraseName, parsePhrase, phrase } from "@/lib/model/findings/phrases";
import { EvidenceView } from "./evidence";
import { useFindingText } from "./use-finding-text";

const NOW_MS = Date.UTC(2026, 10, 22);
const DAY_MS = 86_400_000;
const JAPANESE = /[\u3040-\u30ff\u4e00-\u9fff]/;

function Sentences({ checks }: { readonly checks: readonly Check[] }) {
  const textOf = useFindingText();
  return <p>{checks.map((check) => textOf({ figures: {}, ...check })).join("\n")}</p>;
}

function shown(locale: Locale, element: ReactNode): string {
  const { container, unmount } = render(
    <IntlProvider locale={locale} messages={messagesOf(locale)} timeZone="UTC" now={new Date(0)}>
      {element}
    </IntlProvider>,
  );
  const text = container.textContent ?? "";
  unmount();
  return text;
}

/** Titles are ASCII, and have no thousands separators. */
function plain(text: string): string {
  return text
    .replaceAll("’", "'")
    .replaceAll(/[“”]/g, '"')
    .replaceAll("×", "x")
    .replaceAll(/(?<=\d),(?=\d{3})/g, "");
}

const past = { hour: new RecentCounters().between(0, 60_000), restartsMs: [] };

function health(general: Record<string, string>, more: Partial<Parameters<typeof judgeHealth>[0]> = {}) {
  return judgeHealth({
    general: new Map(Object.entries(general)),
    maxconns: "1024",
    items: null,
    past,
    latenciesMs: [1, 2, 3],
    nowMs: NOW_MS,
    ...more,
  });
}

function udp(text: string | null, settingPort: number | null, error: string | null = null) {
  const reply = new UdpReply(1);
  if (text !== null) {
    const frame = Buffer.from([0, 1, 0, 0, 0, 1, 0, 0]);
    reply.take(Buffer.concat([frame, Buffer.from(text)]));
  }
  return judgeUdp({
    address: { ip: "10.0.0.5", family: 4, port: 11211 },
    payload: "version",
    request: udpRequest(1, "version"),
    outcome: { reply, error, ended: "limit", firstMs: null, from: null },
    settingPort,
    exposure: "private",
    unprobed: [],
  });
}

function tls(more: object, insecureSkipVerify = false, udpPort: number | null = 0) {
  const leaf = {
    subject: "CN=cache-1",
    issuer: "CN=ca",
    altNames: ["DNS:cache-1"],
    serialNumber: "01",
    fingerprint: "AA",
    validFromMs: NOW_MS - DAY_MS,
    validToMs: NOW_MS + 90 * DAY_MS,
    ...more,
  };
  const endpoint = {
    address: { kind: "tcp", host: "cache-1", port: 11211 },
    tls: { insecureSkipVerify },
  } as const;
  const inspection = {
    kind: "offered",
    protocol: "TLSv1.3",
    cipher: "TLS_AES",
    chain: [leaf],
    untrusted: null,
    host: "cache-1",
    nameMatches: true,
    ...more,
  } as const;
  return judgeTls({ endpoint, inspection, exposure: "private", udpPort, nowMs: NOW_MS });
}

function authentication(more: Partial<AuthenticationObservations>) {
  return judgeAuthentication({
    endpoint: { address: { kind: "tcp", host: "a", port: 1 }, credentials: null, tls: null },
    unauthenticated: {
      signIn: "sasl",
      mechanisms: ["PLAIN", "CRAM-MD5"],
      command: "noop",
      refused: true,
      answer: "status 32",
    },
    wrong: { ok: true, value: "refused" },
    configured: null,
    exposure: "all",
    verifyMode: null,
    ...more,
  });
}

const settingsOf = (rows: Record<string, string>) => ({
  general: new Map([["curr_connections", "700"]]),
  settings: new Map(Object.entries(rows)),
  problem: {},
});
const COSTLY = { evictions: "off", slab_reassign: "no", lru_crawler: "no" };
const SAFE = { shutdown_command: "no", flush_enabled: "no", dump_enabled: "no", verbosity: "0" };
const OPEN = { shutdown_command: "yes", flush_enabled: "yes", dump_enabled: "yes", verbosity: "2" };
const peers = ["b:1", "c:1"].map((id) => ({ id, settings: new Map([["maxbytes", "2"]]) }));
const none = { signIn: "none", mechanisms: [], command: "version", refused: false, answer: "" } as const;
const listening = (address: string) => ({
  general: null,
  settings: null,
  problem: {},
  conns: new Map([
    ["1:addr", `tcp:${address}`],
    ["1:state", "conn_listening"],
  ]),
});

const CHECKS: readonly Check[] = [
  ...judgeSettings(settingsOf({})),
  ...judgeSettings(settingsOf({ maxbytes: "67108864", maxconns: "1024", idle_timeout: "0", ...OPEN })),
  ...judgeSettings(settingsOf({ maxbytes: "1073741824", maxconns: "2048", idle_timeout: "60", ...SAFE })),
  ...judgeSettings(settingsOf(COSTLY)),
  ...judgeSettings({ general: null, settings: null, problem: {} }),
  judgeClock({ timeSeconds: Number.NaN, receivedMs: NOW_MS, latencyMs: 1 }),
  ...[-60, 0, 60].map((seconds) =>
    judgeClock({ timeSeconds: NOW_MS / 1000 + seconds, receivedMs: NOW_MS, latencyMs: 1 }),
  ),
  judgeDrift("a:1", null, peers),
  judgeDrift("a:1", new Map([["maxbytes", "1"]]), peers),
  judgeDrift("a:1", new Map([["maxbytes", "2"]]), peers),
  judgeDrift("a:1", new Map([["maxbytes", "2"]]), []),
  ...health({}, { latenciesMs: [] }),
  ...health({ evictions: "0", listen_disabled_num: "0", store_no_memory: "0", curr_connections: "10" }),
  ...health({
    evictions: "5000",
    evicted_unfetched: "10",
    listen_disabled_num: "1",
    store_no_memory: "3",
    curr_connections: "1000",
    rejected_connections: "7",
  }),
  ...health({ curr_connections: "10", rejected_connections: "7" }, { latenciesMs: [150, 160, 170] }),
  ...health({}, { past: { ...past, restartsMs: [NOW_MS] } }),
  ...health({}, { past: { ...past, restartsMs: [NOW_MS, NOW_MS] } }),
  ...["1.4.25", "1.5.6-2+deb12u1", "1.6.40", "1.6.45", "unknown"].flatMap((version) =>
    judgeAdvisories({ general: new Map([["version", version]]), settings: new Map() }, null),
  ),
  ...judgeAdvisories(
    {
      general: new Map([["version", "1.5.5"]]),
      settings: new Map([
        ["udpport", "0"],
        ["auth_enabled_sasl", "yes"],
        ["domain_socket", "NULL"],
      ]),
    },
    null,
  ),
  ...judgeAdvisories({ general: null, settings: null }, "1.6.18"),
  udp("VERSION 1.5.5\r\n", 0),
  udp("VERSION 1.5.5\r\n", 11211),
  udp("hello", null),
  udp(null, 0, "ECONNREFUSED"),
  udp(null, 11211, "ECONNREFUSED"),
  ...[null, 0, 11211].map((port) => udp(null, port)),
  UNIX_WITHOUT_TLS,
  ...tls({}),
  ...tls({}, true, 11211),
  ...tls({ untrusted: "SELF_SIGNED_CERT_IN_CHAIN", nameMatches: false }, false, null),
  ...tls({ validToMs: NOW_MS + 1.5 * DAY_MS }),
  ...tls({ validToMs: NOW_MS - 3 * DAY_MS }),
  ...tls({ validFromMs: NOW_MS + DAY_MS }),
  ...tls({ validToMs: Number.NaN }),
  ...(["other", "silent"] as const).flatMap((how) =>
    [null, { insecureSkipVerify: false }].flatMap((tlsOptions) =>
      judgeTls({
        endpoint: { address: { kind: "tcp", host: "a", port: 1 }, tls: tlsOptions },
        inspection: { kind: "not-offered", how, code: null },
        exposure: "private",
        udpPort: 0,
        nowMs: NOW_MS,
      }),
    ),
  ),
  ...authentication({}),
  ...authentication({ unauthenticated: none, wrong: null }),
  ...authentication({ wrong: { ok: true, value: "not-asked" } }),
  ...authentication({
    wrong: { ok: true, value: "accepted" },
    unauthenticated: { ...none, signIn: "authfile" },
  }),
  ...judgeListeners(listening("0.0.0.0:11211")),
  ...judgeListeners(listening("127.0.0.1:11211")),
  ...judgeListeners(listening("cache:11211")),
  ...judgeListeners({ general: null, settings: null, conns: null, problem: {} }),
  judgeResolving("a.example", false, [], "the name does not resolve"),
  judgeResolving("a.example", false, [{ ip: "10.0.0.5", family: 4, refused: null }], null),
  judgeResolving("a.example", false, [{ ip: "169.254.1.1", family: 4, refused: "link-local" }], null),
  judgeResolving("10.0.0.5", true, [{ ip: "10.0.0.5", family: 4, refused: null }], null),
  judgeConnecting([], null),
  judgeConnecting([{ address: "10.0.0.5", ms: 1.5, reason: null }], null),
  judgeConnecting(
    [
      { address: "10.0.0.5", ms: 1.5, reason: null },
      { address: "10.0.0.6", ms: null, reason: "refused" },
    ],
    null,
  ),
  judgeAnswering(null, 10, null),
  judgeAnswering({ ms: [1, 2, 3], timedOut: false, command: "version" }, 3, null),
  judgeAnswering({ ms: [1, 2, 3], timedOut: true, command: "version" }, 10, null),
  ...(["set", "get", "delete", "miss"] as const).map((step) =>
    judgeRoundTrip("key", [
      { protocol: "binary", steps: [{ step, ok: false, answer: "status 5", milliseconds: 1 }] },
    ]),
  ),
  judgeRoundTrip("key", [{ protocol: "text", steps: [] }]),
];

describe("the title from the server", () => {
  it("matches the English page", () => {
    const sentences = shown("en", <Sentences checks={CHECKS} />).split("\n");
    expect(sentences.map(plain)).toEqual(CHECKS.map(({ title }) => title));
  });

  it("is Japanese on the Japanese page", () => {
    const sentences = shown("ja", <Sentences checks={CHECKS} />).split("\n");
    expect(sentences).toHaveLength(CHECKS.length);
    expect(sentences.filter((sentence) => !JAPANESE.test(sentence))).toEqual([]);
  });
});

describe.each(LOCALES)("the catalogue of texts (%s)", (locale) => {
  const { phrase: phrases, advisory } = messagesOf(locale).diagnostics;

  it("has every phrase and every advisory, and no other", () => {
    expect(Object.keys(phrases)).toEqual(Object.keys(PHRASES));
    expect(Object.keys(advisory).sort()).toEqual(ADVISORIES.map(({ slug }) => slug).sort());
  });

  it("has them in its language", () => {
    if (locale === "en") {
      expect(Object.values(phrases).map(plain)).toEqual(Object.values(PHRASES));
      const texts: Readonly<Record<string, string>> = advisory;
      for (const { slug, what } of ADVISORIES) expect(texts[slug]).toBe(what);
    } else {
      for (const text of [...Object.values(phrases), ...Object.values(advisory)]) {
        expect(text).toMatch(JAPANESE);
      }
    }
  });
});

describe("a phrase", () => {
  it("is recognized with its values", () => {
    for (const name of Object.keys(PHRASES) as PhraseName[]) {
      const keys = [...PHRASES[name].matchAll(/\{(\w+)\}/g)].map(([, key]) => key ?? "");
      const values = Object.fromEntries(keys.map((key, index) => [key, `v${index}`]));
      expect(parsePhrase(phrase(name, values))).toEqual({ name, values });
    }
  });

  it("is not recognized in other text", () => {
    expect(parsePhrase("auth_enabled_sasl no")).toBeNull();
  });
});

describe("evidence on the Japanese page", () => {
  it("is Japanese in reasons, conditions and codes, and keeps values as they are", () => {
    const text = shown(
      "ja",
      <EvidenceView
        evidence={{
          reason: new NodeError("a:1", "connectionRefused").message,
          seen: `${phrase("settingNotReported", { name: "udpport" })}, auth_enabled_sasl no`,
          condition: PHRASES.sasl,
          exposure: "all",
          differences: [phrase("difference", { name: "maxbytes", value: "1", majority: "2", nodes: 3 })],
          host: "cache-1",
        }}
      />,
    );
    expect(text).not.toMatch(/connection refused|not reported|enabled_sasl yes|SASL is|here,/);
    expect(text).toContain("udpport は報告なし, auth_enabled_sasl no");
    expect(text).toContain("すべてのインターフェース");
    expect(text).toContain("maxbytes: このノードは 1、3 台のノードは 2");
    expect(text).toContain("cache-1");
  });

  it("stays as stored when an older version wrote it", () => {
    const text = shown("ja", <EvidenceView evidence={{ condition: "SASL is on" }} />);
    expect(text).toContain("SASL is on");
  });
});
