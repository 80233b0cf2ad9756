import { describe, expect, it } from "vitest";
import { CAPABILITIES, type Capability } from "@/lib/model/node/capability";
import { capture, statLines } from "@/tests/doubles/captures";
import { capabilitiesOf, lackingReason, type NodeFacts } from "./capabilities";

const text = { protocol: "text", mechanisms: [], authfile: false } as const;
const binary = { protocol: "binary", mechanisms: ["PLAIN"], authfile: false } as const;

function node(version: string, more: Partial<NodeFacts> = {}): NodeFacts {
  return { dialect: text, version, settings: new Map(), general: { extstore: false, proxy: false }, ...more };
}

const captured = (version: string) => ({
  settings: new Map(statLines(capture(version, "stats-settings").toString("utf8"))),
});

describe("commands that crash or lock", () => {
  it.each([
    ["1.5.5", "crashesThisVersion"],
    ["1.5.6", "crashesThisVersion"],
    ["1.6.18", "crashesThisVersion"],
    ["1.6.41", "crashesThisVersion"],
    ["1.6.42", null],
    ["1.6.45", null],
    ["1.7.0", null],
    ["2.0.0", "versionUnknown"],
    ["37.0.0 mcrouter", "isProxy"],
  ])("watch mutations on %s: %s", (version, reason) => {
    expect(lackingReason("watch_mutations", node(version))).toBe(reason);
  });

  it.each([
    ["1.4.5", "locksThisVersion"],
    ["1.4.26", "locksThisVersion"],
    ["1.4.27", null],
    ["1.6.18", null],
    ["not a version", "versionUnknown"],
  ])("stats sizes on %s: %s", (version, reason) => {
    expect(lackingReason("stats_sizes", node(version))).toBe(reason);
  });

  it("stats extstore is offered only while general stats have extstore rows", () => {
    expect(lackingReason("stats_extstore", node("1.6.9"))).toBe("extstoreOff");
    expect(lackingReason("stats_extstore", node("1.6.9", { general: null }))).toBe("notAskedYet");
    expect(
      lackingReason("stats_extstore", node("1.6.9", { general: { extstore: true, proxy: false } })),
    ).toBeNull();
  });
});

describe("real servers", () => {
  it("1.4.25 lacks what came later", () => {
    const { capabilities, lacking } = capabilitiesOf(node("1.4.25", captured("1.4.25")));
    expect(capabilities).toEqual([
      "stats",
      "stats_settings",
      "stats_conns",
      "flush_all",
      "touch_key",
      "lru_crawler",
      "slabs_reassign",
      "slabs_automove",
      "verbosity",
    ]);
    expect(lacking).toMatchObject({
      watch: "versionTooOld",
      metadump: "versionTooOld",
      base64_keys: "versionTooOld",
      cache_memlimit: "versionTooOld",
    });
  });

  it("1.6.18 has everything except what its settings disable", () => {
    const { lacking } = capabilitiesOf(node("1.6.18", captured("1.6.18")));
    expect(lacking).toEqual({
      stats_sizes: "disabledBySetting",
      stats_extstore: "extstoreOff",
      stats_proxy: "proxyOff",
      watch_mutations: "crashesThisVersion",
    });
  });
});

it.each([
  ["flush_enabled", "flush_all"],
  ["dump_enabled", "metadump"],
  ["lru_crawler", "metadump"],
  ["dump_enabled", "mark_stale"],
  ["lru_crawler", "lru_crawler"],
  ["watch_enabled", "watch"],
  ["slab_reassign", "slabs_reassign"],
  ["slab_reassign", "slabs_automove"],
] as const)("the setting %s turns off %s", (setting, capability) => {
  const off = node("1.6.45", { settings: new Map([[setting, "no"]]) });
  expect(lackingReason(capability, off)).toBe("disabledBySetting");
  expect(lackingReason(capability, node("1.6.45", { settings: new Map([[setting, "yes"]]) }))).toBeNull();
  expect(lackingReason(capability, node("1.6.45", { settings: null }))).toBe("notAskedYet");
});

it("a binary connection has stats, sizes, flush_all, and keys of any bytes only", () => {
  const { capabilities, lacking } = capabilitiesOf(node("1.6.45", { dialect: binary }));
  expect(capabilities).toEqual([
    "stats",
    "stats_settings",
    "stats_sizes",
    "flush_all",
    "base64_keys",
    "touch_key",
  ]);
  expect(new Set(Object.values(lacking))).toEqual(new Set(["binaryProtocol"]));
});

it.each([
  ["1.4.7", "touch_key", "versionTooOld"],
  ["1.4.8", "touch_key", null],
  ["1.6.9", "base64_keys", "versionTooOld"],
  ["1.6.10", "base64_keys", null],
  ["not a version", "base64_keys", "versionUnknown"],
  ["1.6.9", "meta_commands", "versionTooOld"],
  ["1.6.10", "meta_commands", null],
  ["1.6.9", "mark_stale", "versionTooOld"],
  ["1.4.17", "stats_conns", "versionTooOld"],
  ["1.4.18", "stats_conns", null],
  ["1.4.26", "cache_memlimit", "versionTooOld"],
  ["1.4.27", "cache_memlimit", null],
] as const)("a text node of version %s: %s %s", (version, capability, reason) => {
  expect(lackingReason(capability, node(version))).toBe(reason);
});

it("before the first contact everything is unknown", () => {
  const { capabilities, lacking } = capabilitiesOf({
    dialect: null,
    version: null,
    settings: null,
    general: null,
  });
  expect(capabilities).toEqual([]);
  expect(Object.keys(lacking)).toEqual([...CAPABILITIES] satisfies Capability[]);
  expect(new Set(Object.values(lacking))).toEqual(new Set(["notAskedYet"]));
});

describe("a version that upstream does not number", () => {
  const UNKNOWN = [
    "UNKNOWN",
    "2.2.0",
    "df-v1.14.0",
    "0.5.0",
    "10.6.18",
    "1.6",
    "1.6.18 (another server)",
    "",
  ];

  it.each(UNKNOWN)("%s grants nothing that can harm a server, and is not called too old", (version) => {
    const { lacking } = capabilitiesOf(node(version));
    for (const capability of [
      "stats_sizes",
      "watch_mutations",
      "base64_keys",
      "mark_stale",
      "slabs_reassign",
    ]) {
      expect(lacking[capability as Capability], capability).toBe("versionUnknown");
    }
    expect(Object.values(lacking)).not.toContain("versionTooOld");
  });

  it.each(UNKNOWN)("%s leaves what is harmless to be tried", (version) => {
    const { capabilities } = capabilitiesOf(node(version));
    const harmless = ["stats_conns", "flush_all", "metadump", "lru_crawler", "cache_memlimit", "verbosity"];
    expect(capabilities).toEqual(expect.arrayContaining(harmless));
  });

  it.each(["1.6.18-debian12u1", "1.5.6_2_gabc", "1.4.13-0ubuntu2.1", "1.6.0beta1", "1.6.45+dfsg"])(
    "%s is one of upstream's, with a suffix of its build",
    (version) => {
      expect(Object.values(capabilitiesOf(node(version)).lacking)).not.toContain("versionUnknown");
    },
  );
});

describe("proxies", () => {
  const REFUSED: readonly Capability[] = [
    "flush_all",
    "watch",
    "metadump",
    "meta_commands",
    "mark_stale",
    "lru_crawler",
    "slabs_reassign",
    "slabs_automove",
    "cache_memlimit",
    "verbosity",
  ];

  it.each([
    ["memcached's own proxy mode", "1.6.45", { general: { extstore: false, proxy: true } }, "memcached"],
    ["mcrouter", "37.0.0 mcrouter", {}, "mcrouter"],
    ["twemproxy", "0.5.0", { statsRefusal: "closed" }, "twemproxy"],
    ["a server that closes on stats", "1.6.5", { statsRefusal: "closed" }, "other"],
  ] as const)("%s is recognized, and what it refuses is not offered", (_what, version, more, kind) => {
    const { lacking, proxy } = capabilitiesOf(node(version, more));
    expect(proxy).toBe(kind);
    for (const capability of REFUSED) expect(lacking[capability], capability).toBe("isProxy");
  });

  it("that close on what they do not know are not offered touch, which not all of them have", () => {
    expect(lackingReason("touch_key", node("0.4.1", { statsRefusal: "closed" }))).toBe("isProxy");
    expect(lackingReason("touch_key", node("37.0.0 mcrouter"))).toBeNull();
  });

  it("a server that rejects stats with an error is none, but has no stats", () => {
    const { lacking, proxy } = capabilitiesOf(node("1.6.18", { statsRefusal: "error" }));
    expect(proxy).toBeNull();
    expect(lacking).toMatchObject({ stats: "noStats", stats_settings: "noStats", stats_conns: "noStats" });
    expect(lacking.flush_all).toBeUndefined();
  });
});

it("settings that a node does not report are a state of their own, and block nothing else", () => {
  const { lacking } = capabilitiesOf(node("1.6.18", { settings: "refused" }));
  expect(lacking.stats_settings).toBe("settingsRefused");
  expect(Object.values(lacking)).not.toContain("notAskedYet");
  expect(lacking.flush_all).toBeUndefined();
  expect(lackingReason("stats_settings", node("1.6.18", { settings: "unsafe" }))).toBe("settingsUnsafe");
});
