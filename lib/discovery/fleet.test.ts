import { afterEach, describe, expect, it, vi } from "vitest";
import type { Configuration, ConfigurationSource, DiscoverySettings, FleetNode } from "@/lib/config/contract";
import { parseNodeAddress } from "@/lib/memcached/node-address";
import { formatNodeAddress } from "@/lib/model/node/node-address";
import type { Marker } from "@/lib/model/series.schema";
import { type DiscoveredTarget, type DiscoveryResult, SourceUnavailable } from "./contract";
import { DiscoveredFleet, type DiscoveryOptions } from "./fleet";

const ACCESS = { protocol: "auto", credentials: null, tls: null } as const;

function target(text: string): DiscoveredTarget {
  const result = parseNodeAddress(text);
  if (!result.ok) throw new Error(`${text}: ${result.allowed}`);
  return { id: formatNodeAddress(result.address), address: result.address, labels: {} };
}

const settings = (name: string, refreshMs = 60_000): DiscoverySettings => ({
  kind: "httpSd",
  name,
  url: `http://${name}/`,
  headers: {},
  refreshMs,
});

function configured(name: string, pool: string): FleetNode {
  const { id, address } = target(name);
  return { id, pool, labels: {}, endpoint: { id, address, ...ACCESS } };
}

/** A configuration that a test edits. */
class Written implements ConfigurationSource {
  #listeners = new Set<() => void>();
  closed = false;
  constructor(private value: Configuration) {}
  current = () => this.value;
  rejected = () => null;
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  close(): void {
    this.closed = true;
  }
  edit(value: Configuration): void {
    this.value = value;
    for (const listener of this.#listeners) listener();
  }
}

function configuration(
  pools: Record<string, readonly DiscoverySettings[]>,
  nodes: FleetNode[] = [],
): Configuration {
  return {
    file: "memfleet.yaml",
    listen: { host: "127.0.0.1", port: 3000 },
    publicUrl: null,
    allowedHosts: [],
    dataDir: "data",
    readOnly: false,
    poll: { intervalMs: 1_000, timeoutMs: 200, connectTimeoutMs: 100, concurrency: 2 },
    history: { rawMs: 1, rollupMs: 1, prometheus: null },
    shard: null,
    probes: { udp: true, scheduleMs: null },
    pools: Object.keys(pools).map((name) => ({ name, labels: {}, hashing: "ketama" })),
    nodes,
    discovery: Object.entries(pools).flatMap(([pool, sources]) =>
      sources.length === 0 ? [] : [{ pool, access: ACCESS, sources }],
    ),
    ignoredServers: null,
    auth: { users: [], tokens: [], oidc: null, trustedProxies: [], proxyHeader: null },
  };
}

/** What a scripted source does when it is read. */
type ScriptedRead = () => Promise<readonly string[]>;

class Sources {
  readonly reads = new Map<string, ScriptedRead>();
  readonly readCounts = new Map<string, number>();
  opened = 0;
  running = 0;
  mostRunning = 0;
  readonly signals: AbortSignal[] = [];

  readonly open: NonNullable<DiscoveryOptions["open"]> = ({ name }) => {
    this.opened++;
    return {
      read: async (signal): Promise<DiscoveryResult> => {
        this.readCounts.set(name, (this.readCounts.get(name) ?? 0) + 1);
        this.signals.push(signal);
        this.mostRunning = Math.max(this.mostRunning, ++this.running);
        try {
          const texts = (await this.reads.get(name)?.()) ?? [];
          return { targets: texts.map(target), problems: [], ttlMs: 5 };
        } finally {
          this.running--;
        }
      },
    };
  };

  set(name: string, ...texts: string[]): void {
    this.reads.set(name, async () => texts);
  }

  fail(name: string, reason: string): void {
    this.reads.set(name, async () => {
      throw new SourceUnavailable(reason);
    });
  }
}

let fleet: DiscoveredFleet | null = null;
afterEach(() => {
  vi.useRealTimers();
  fleet?.close();
  fleet = null;
});

async function start(source: ConfigurationSource, sources: Sources, firstAnswersMs = 5_000) {
  const markers: Marker[] = [];
  const defects: unknown[] = [];
  fleet = await DiscoveredFleet.open(source, {
    open: sources.open,
    onMarkers: (some) => void markers.push(...some),
    onDefect: (error) => void defects.push(error),
    firstAnswersMs,
  });
  return { fleet, markers, defects };
}

const idsOf = (of: DiscoveredFleet) => of.current().nodes.map(({ id }) => id);
const until = (what: () => void) => vi.waitFor(what, { timeout: 10_000, interval: 5 });
const markerTexts = (markers: readonly Marker[]) =>
  markers.map(({ kind, node, text }) => `${kind} ${node} ${text}`);

describe("a fleet that is discovered", () => {
  it("is complete when it opens: every source was read at once, without change events", async () => {
    const sources = new Sources();
    let release = () => {};
    const both = new Promise<void>((resolve) => {
      release = resolve;
    });
    const meet = (name: string) => async () => {
      if (sources.running === 2) release();
      await both;
      return [name];
    };
    sources.reads.set("s", meet("a"));
    sources.reads.set("t", meet("b"));
    const written = new Written(
      configuration({ p: [settings("s")], q: [settings("t")] }, [configured("x", "p")]),
    );
    const { fleet: opened, markers } = await start(written, sources);
    expect(idsOf(opened)).toEqual(["x:11211", "a:11211", "b:11211"]);
    expect(opened.discoveredPools.map(({ name }) => name)).toEqual(["p", "q"]);
    expect(markers).toEqual([]);
  });

  it("does not wait indefinitely, and does not mark nodes of a late first reply as added", async () => {
    const sources = new Sources();
    let answer = (_: string[]) => {};
    sources.reads.set("s", () => new Promise((resolve) => (answer = resolve)));
    const { fleet: opened, markers } = await start(
      new Written(configuration({ p: [settings("s")] })),
      sources,
      20,
    );
    expect(idsOf(opened)).toEqual([]);
    expect(opened.discoveredPools.map(({ name }) => name)).toEqual(["p"]);
    sources.set("s", "a", "b");
    answer(["a"]);
    await until(() => expect(idsOf(opened)).toEqual(["a:11211", "b:11211"]));
    expect(markerTexts(markers)).toEqual(["added b:11211 pool p, s"]);
  });

  it("follows its sources, tells its listeners and leaves markers", async () => {
    const sources = new Sources();
    sources.set("s", "a", "b");
    const { fleet: opened, markers } = await start(
      new Written(configuration({ p: [settings("s")] })),
      sources,
    );
    const listener = vi.fn();
    opened.onChange(listener);
    sources.set("s", "b", "c");
    await until(() => expect(idsOf(opened)).toEqual(["b:11211", "c:11211"]));
    expect(markerTexts(markers)).toEqual(["removed a:11211 pool p, s", "added c:11211 pool p, s"]);
    expect(listener).toHaveBeenCalledTimes(1);
    expect(opened.departed(null)).toEqual(["a:11211"]);
    expect(opened.departed(["p"])).toEqual(["a:11211"]);
    expect(opened.departed(["q"])).toEqual([]);
    sources.set("s", "a");
    await until(() => expect(opened.departed(null)).toEqual(["b:11211", "c:11211"]));
  });

  it("notifies no listener when a source returns the same again", async () => {
    const sources = new Sources();
    sources.set("s", "a");
    const { fleet: opened } = await start(new Written(configuration({ p: [settings("s")] })), sources);
    const listener = vi.fn();
    opened.onChange(listener);
    const before = sources.readCounts.get("s") ?? 0;
    await until(() => expect(sources.readCounts.get("s")).toBeGreaterThan(before + 3));
    expect(listener).not.toHaveBeenCalled();
  });

  it("keeps the last valid list when a source is unavailable, and reports how many nodes it has", async () => {
    const sources = new Sources();
    sources.set("s", "a", "b");
    const written = new Written(configuration({ p: [settings("s", 20)] }));
    const { fleet: opened, markers } = await start(written, sources);
    sources.fail("s", "HTTP status 503");
    await until(() => expect(opened.notices()).toHaveLength(1));
    const [notice] = opened.notices();
    expect(notice).toMatchObject({
      code: "discoveryFailed",
      pool: "p",
      source: "s",
      detail: "HTTP status 503",
      nodes: 2,
    });
    expect(idsOf(opened)).toEqual(["a:11211", "b:11211"]);
    sources.fail("s", "ECONNREFUSED");
    await until(() => expect(opened.notices()[0]?.detail).toBe("ECONNREFUSED"));
    expect(opened.notices()[0]?.sinceMs).toBe(notice?.sinceMs);
    sources.set("s", "a", "b");
    await until(() => expect(opened.notices()).toEqual([]));
    expect(markers).toEqual([]);
  });

  it("accepts an empty list of a source", async () => {
    const sources = new Sources();
    sources.set("s", "a");
    const { fleet: opened, markers } = await start(
      new Written(configuration({ p: [settings("s")] })),
      sources,
    );
    sources.set("s");
    await until(() => expect(idsOf(opened)).toEqual([]));
    expect(markerTexts(markers)).toEqual(["removed a:11211 pool p, s"]);
    expect(opened.notices()).toEqual([]);
  });

  it("reports an internal error and continues", async () => {
    const sources = new Sources();
    sources.set("s", "a");
    const { fleet: opened, defects } = await start(
      new Written(configuration({ p: [settings("s", 20)] })),
      sources,
    );
    sources.reads.set("s", async () => {
      throw new TypeError("a defect with s3cret in it");
    });
    await until(() => expect(defects.length).toBeGreaterThan(0));
    expect(opened.notices()).toMatchObject([
      { code: "discoveryFailed", detail: "internal error; see the server log" },
    ]);
    expect(idsOf(opened)).toEqual(["a:11211"]);
    sources.set("s", "b");
    await until(() => expect(idsOf(opened)).toEqual(["b:11211"]));
  });

  it("never reads a source twice at once, even one that ignores its deadline", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const sources = new Sources();
    let answer = (_: string[]) => {};
    sources.reads.set("s", () => new Promise((resolve) => (answer = resolve)));
    const opening = start(new Written(configuration({ p: [settings("s")] })), sources);
    await vi.advanceTimersByTimeAsync(5_000);
    const { fleet: opened } = await opening;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sources.readCounts.get("s")).toBe(1);
    expect(sources.signals[0]?.aborted).toBe(true);
    expect(opened.notices()).toMatchObject([{ code: "discoveryFailed", detail: "timeout", nodes: 0 }]);
    sources.set("s", "a");
    answer(["too late"]);
    await vi.advanceTimersByTimeAsync(10_000);
    await vi.waitFor(() => expect(idsOf(opened)).toEqual(["a:11211"]));
    expect(sources.mostRunning).toBe(1);
  });

  it("keeps unchanged sources, and the list of one whose settings changed", async () => {
    const sources = new Sources();
    sources.set("s", "a");
    sources.set("t", "b");
    const written = new Written(configuration({ p: [settings("s"), settings("t")] }));
    const { fleet: opened, markers } = await start(written, sources);
    expect(sources.opened).toBe(2);
    let answer = (_: string[]) => {};
    sources.reads.set("t", () => new Promise((resolve) => (answer = resolve)));
    written.edit(configuration({ p: [settings("s"), settings("t", 30_000)] }, [configured("x", "p")]));
    expect(sources.opened).toBe(3);
    expect(idsOf(opened)).toEqual(["x:11211", "a:11211", "b:11211"]);
    expect(markerTexts(markers)).toEqual(["added x:11211 pool p"]);
    answer(["b", "c"]);
    await until(() => expect(idsOf(opened)).toContain("c:11211"));
  });

  it("opens the sources of a new configuration and closes removed ones, with their nodes", async () => {
    const sources = new Sources();
    sources.set("s", "a");
    sources.set("t", "b");
    const written = new Written(configuration({ p: [settings("s")] }));
    const { fleet: opened, markers } = await start(written, sources);
    const listener = vi.fn();
    opened.onChange(listener);
    written.edit(configuration({ p: [], q: [settings("t")] }));
    expect(idsOf(opened)).toEqual([]);
    await until(() => expect(idsOf(opened)).toEqual(["b:11211"]));
    expect(markerTexts(markers)).toEqual(["removed a:11211 pool p, s", "added b:11211 pool q, t"]);
    const readCounts = sources.readCounts.get("s");
    const more = sources.readCounts.get("t") ?? 0;
    await until(() => expect(sources.readCounts.get("t")).toBeGreaterThan(more + 3));
    expect(sources.readCounts.get("s")).toBe(readCounts);
    expect(listener).toHaveBeenCalledTimes(2);
  });

  it("reports that a node is listed for two pools, and that too many are listed", async () => {
    const sources = new Sources();
    sources.set("s", "a", "b");
    sources.set("t", "b", "c");
    const written = new Written(configuration({ p: [settings("s")], q: [settings("t")] }));
    const { fleet: opened } = await start(written, sources);
    expect(opened.notices()).toMatchObject([
      { code: "discoveryOverlap", detail: "b:11211 stays in pool p; pool q lists it too" },
    ]);
    const many = (from: number) => Array.from({ length: 15_000 }, (_, index) => `n${from + index}`);
    sources.set("s", ...many(0));
    sources.set("t", ...many(15_000));
    await until(() => expect(opened.current().nodes).toHaveLength(20_000));
    await until(() =>
      expect(opened.notices()).toMatchObject([
        { code: "discoveryLimit", detail: "10000 nodes skipped beyond the limit of 20000" },
      ]),
    );
  });

  it("reads no source any more once it is closed, and interrupts pending reads", async () => {
    const sources = new Sources();
    sources.set("s", "a");
    const written = new Written(configuration({ p: [settings("s"), settings("hangs")] }));
    sources.reads.set("hangs", () => new Promise(() => {}));
    const { fleet: opened } = await start(written, sources, 20);
    opened.close();
    const readCounts = sources.readCounts.get("s");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(sources.readCounts.get("s")).toBe(readCounts);
    expect(sources.signals.some((signal) => signal.aborted)).toBe(true);
    expect(written.closed).toBe(true);
  });
});
