import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyValues } from "@/lib/catalogue/stats";
import { StatsReader } from "@/lib/memcached/text/stats-reader";
import { capture, statLines } from "@/tests/doubles/captures";
import { numberOf } from "../stats-entries";
import { classStats, NO_CLASSES } from "./class-stats";
import { CLASS_COLUMNS, GROUP_COLUMNS, parseSource } from "./columns";
import { groupStats, NO_STATS } from "./group-stats";
import { labelPairs, labelValue, poolLabels, sampleLabels } from "./labels";
import { NODE_FAMILIES, type NodeMetrics } from "./node-families";
import { OWN_FAMILIES, type OwnMetrics } from "./own-metrics";
import { targetGroups } from "./targets";
import { pages } from "./text-format";

const NODE = { id: "10.0.0.1:11211", pool: "main", labels: { env: "production" } };
const LABELS = 'instance="10.0.0.1:11211",namespace="default"';

function nodeOf(version: string, more: Partial<NodeMetrics> = {}): NodeMetrics {
  const values = emptyValues();
  const reader = new StatsReader();
  reader.begin(values);
  const bytes = capture(version, "stats");
  reader.push(bytes, bytes.length);
  const group = (name: string) => statLines(capture(version, `stats-${name}`).toString("latin1"));
  return {
    labels: labelPairs(sampleLabels(NODE)),
    infoLabels: labelPairs(new Map([...sampleLabels(NODE), ...poolLabels(NODE)])),
    up: true,
    version: reader.version,
    ageSeconds: 1.5,
    latencySeconds: 0.0004,
    sample: () => values,
    steady: (_, value) => value,
    groups: {
      settings: groupStats("settings", group("settings")),
      slabs: groupStats("slabs", group("slabs")),
    },
    classes: { items: classStats("items", group("items")), slabs: classStats("slabs", group("slabs")) },
    ...more,
  };
}

const textOf = (...nodes: NodeMetrics[]) => [...pages(NODE_FAMILIES, nodes)].join("");
const linesOf = (name: string, ...nodes: NodeMetrics[]) =>
  textOf(...nodes)
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`));
/** A value as reported by the server. */
const reportedValue = (version: string, file: string, name: string) =>
  statLines(capture(version, file).toString("latin1")).find(([known]) => known === name)?.[1];

/** The promised metrics: name, type, labels, help. */
const PROMISED = readFileSync(
  new URL("../../../tests/fixtures/prometheus/metrics.tsv", import.meta.url),
  "utf8",
)
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((line) => line.split("\t") as [name: string, type: string, labels: string, help: string]);

describe("a node's metrics", () => {
  it("have the documented names, help and types, and Memfleet's begin with memfleet_", () => {
    const promised = PROMISED.map(([name, , , help]) => [name, help]).sort();
    const ours = NODE_FAMILIES.filter(({ name }) => !name.startsWith("memfleet_"));
    expect(ours.map(({ name, help }) => [name, help]).sort()).toEqual(promised);
    const types = new Map(PROMISED.map(([name, type]) => [name, type]));
    const node = nodeOf("1.6.18");
    for (const { name, type } of ours) expect([name, type([node])]).toEqual([name, types.get(name)]);
  });

  it("have the documented labels, on every version, besides those that identify the node", () => {
    const labels = new Map(PROMISED.map(([name, , list]) => [name, list === "-" ? "" : list]));
    for (const version of ["1.4.25", "1.5.5", "1.6.9", "1.6.18", "1.6.18-plain"]) {
      const samples = textOf(nodeOf(version))
        .split("\n")
        .filter((line) => line.startsWith("memcached_"));
      expect(samples.length).toBeGreaterThan(80);
      for (const line of samples) {
        const [, name, pairs] = /^(\w+)\{(.*)\} \S+$/.exec(line) ?? [];
        const names = [...(pairs ?? "").matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)].map((match) => match[1]);
        expect([line, names.join()]).toEqual([
          line,
          ["instance", "namespace", labels.get(name ?? "")].filter(Boolean).join(),
        ]);
      }
    }
  });

  it("are the values that the server reported", () => {
    const node = nodeOf("1.6.18");
    const plain: [string, string, string][] = [
      ["memcached_uptime_seconds", "stats", "uptime"],
      ["memcached_process_user_cpu_seconds_total", "stats", "rusage_user"],
      ["memcached_max_connections", "stats-settings", "maxconns"],
      ["memcached_malloced_bytes", "stats-slabs", "total_malloced"],
      ["memcached_lru_crawler_sleep", "stats-settings", "lru_crawler_sleep"],
      ["memcached_extstore_bytes_limit", "stats", "extstore_limit_maxbytes"],
    ];
    for (const [metric, file, name] of plain) {
      expect(linesOf(metric, node)).toEqual([
        `${metric}{${LABELS}} ${Number(reportedValue("1.6.18", file, name))}`,
      ]);
    }
    expect(linesOf("memcached_slab_current_items", node)).toContain(
      `memcached_slab_current_items{${LABELS},slab="1"} ${reportedValue("1.6.18", "stats-items", "items:1:number")}`,
    );
    expect(linesOf("memcached_slab_lru_hits_total", node)).toContain(
      `memcached_slab_lru_hits_total{${LABELS},slab="1",lru="cold"} 287`,
    );
    const [sets, ...cas] = ["cmd_set", "cas_hits", "cas_misses", "cas_badval"].map((name) =>
      Number(reportedValue("1.6.18", "stats", name)),
    ) as [number, ...number[]];
    expect(linesOf("memcached_commands_total", node)).toContain(
      `memcached_commands_total{${LABELS},command="set",status="hit"} ${cas.reduce((rest, one) => rest - one, sets)}`,
    );
  });

  it("take every class and the first of a name that comes twice, as 1.4.25 sends number_cold", () => {
    const items = statLines(capture("1.4.25", "stats-items").toString("latin1"));
    const doubled = items.map(([name, value], at) =>
      name.endsWith("number_cold") && items[at - 1]?.[0] === name
        ? ([name, "777"] as const)
        : ([name, value] as const),
    );
    const node = nodeOf("1.4.25", { classes: { items: classStats("items", doubled), slabs: NO_CLASSES } });
    const cold = linesOf("memcached_slab_cold_items", node);
    expect(cold).toHaveLength(new Set(items.map(([name]) => name.split(":")[1])).size);
    expect(cold.join()).not.toContain("777");
  });

  it("are left out when the node does not report them", () => {
    const old = textOf(nodeOf("1.4.25"));
    for (const name of [
      "memcached_item_too_large_total",
      "memcached_slab_hot_age_seconds",
      "memcached_extstore_",
    ]) {
      expect(old).not.toContain(name);
    }
    expect(textOf(nodeOf("1.6.18-plain"))).not.toContain("memcached_extstore_");
    expect(textOf(nodeOf("1.6.18"))).toContain("memcached_extstore_io_queue_depth{");
    expect(old).not.toContain("memcached_proxy_");
  });

  it("omit the LRU crawler's settings unless it is on", () => {
    const settings = (value: string) => ({
      settings: groupStats("settings", [
        ["lru_crawler", value],
        ["lru_crawler_sleep", "100"],
      ]),
      slabs: NO_STATS,
    });
    expect(
      linesOf("memcached_lru_crawler_sleep", nodeOf("1.6.18", { groups: settings("yes") })),
    ).toHaveLength(1);
    expect(linesOf("memcached_lru_crawler_sleep", nodeOf("1.6.18", { groups: settings("no") }))).toEqual([]);
  });

  it("are one zero and no old values when the newest poll failed", () => {
    const down = textOf(nodeOf("1.6.18", { up: false }));
    expect(down.split("\n").filter((line) => line.startsWith("memcached_"))).toEqual([
      `memcached_up{${LABELS}} 0`,
    ]);
    expect(down).toContain(`memfleet_node_sample_age_seconds{${LABELS}} 1.5`);
    expect(down).not.toContain("memfleet_node_latency_seconds{");
  });

  it("call mem_requested a counter where stats items has it and a gauge where only stats slabs has", () => {
    const type = /^# TYPE memcached_slab_mem_requested_bytes (.*)$/m;
    expect(type.exec(textOf(nodeOf("1.4.25")))?.[1]).toBe("gauge");
    expect(type.exec(textOf(nodeOf("1.6.18")))?.[1]).toBe("counter");
    expect(type.exec(textOf(nodeOf("1.4.25"), nodeOf("1.6.18")))?.[1]).toBe("counter");
    expect(type.exec(textOf(nodeOf("1.4.25"), nodeOf("1.6.18", { up: false })))?.[1]).toBe("gauge");
  });

  it("are grouped by metric, each with one HELP and TYPE, however many nodes there are", () => {
    const nodes = Array.from({ length: 40 }, (_, n) =>
      nodeOf(n % 2 === 0 ? "1.6.18" : "1.4.25", { labels: `instance="n${n}",namespace="default"` }),
    );
    const cut = [...pages(NODE_FAMILIES, nodes)];
    expect(cut.length).toBeGreaterThan(3);
    expect(Math.max(...cut.map((page) => page.length))).toBeLessThan(200_000);
    for (const page of cut) expect(page).toMatch(/^$|\n$/);
    const order: string[] = [];
    for (const line of cut.join("").trimEnd().split("\n")) {
      const name = /^(?:# (?:HELP|TYPE) )?(\w+)/.exec(line)?.[1] as string;
      if (order.at(-1) !== name) order.push(name);
    }
    expect(new Set(order).size).toBe(order.length);
  });
});

describe("labels", () => {
  it("are escaped losslessly, whatever a value contains", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), (value) => {
        const text = labelValue(value);
        expect(text).not.toMatch(/\n/);
        const [, inner] = /^"((?:[^"\\]|\\.)*)"$/.exec(`"${text}"`) ?? [];
        const back = inner?.replace(/\\(.)/g, (_, mark: string) => (mark === "n" ? "\n" : mark));
        expect(back).toBe(value);
      }),
    );
  });

  it("are bounded, and valid Unicode", () => {
    expect(labelValue("x".repeat(5_000))).toHaveLength(512);
    expect(labelValue("a\ud800b")).toBe("a\ufffdb");
  });

  it("of a pool have names that Prometheus accepts, each once", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_.-]{0,12}$/), fc.string({ maxLength: 5 })),
        (labels) => {
          const names = poolLabels({ pool: "p", labels }).map(([name]) => name);
          expect(new Set(names).size).toBe(names.length);
          for (const name of names) expect(name).toMatch(/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/);
        },
      ),
    );
    expect(poolLabels({ pool: "p", labels: { "a.b": "1", a_b: "2", job: "3", __x: "4" } })).toEqual([
      ["namespace", "default"],
      ["pool", "p"],
      ["a_b", "1"],
      ["label_a_b", "2"],
      ["label_job", "3"],
      ["label___x", "4"],
    ]);
  });

  it("take the namespace from the pool, and never an empty one", () => {
    const of = (labels: Record<string, string>) => labelPairs(sampleLabels({ id: "a:1", labels }));
    expect(of({ namespace: "shop" })).toBe('instance="a:1",namespace="shop"');
    expect(of({ namespace: "" })).toBe('instance="a:1",namespace="default"');
  });
});

describe("service discovery", () => {
  it("groups the nodes that have the same labels and keeps every node", () => {
    const node = (id: string, pool: string) => ({ id, pool, labels: { dc: "tyo1" } });
    expect(targetGroups([node("a:1", "x"), node("unix:/run/m.sock", "x"), node("b:1", "y")])).toEqual([
      { targets: ["a:1", "unix:/run/m.sock"], labels: { namespace: "default", pool: "x", dc: "tyo1" } },
      { targets: ["b:1"], labels: { namespace: "default", pool: "y", dc: "tyo1" } },
    ]);
    expect(targetGroups([])).toEqual([]);
  });
});

/** Levels of `stats items` with 32 bits, where 2^32 - 1 is a wrapped -1. */
const WRAPPED: ReadonlySet<string> = new Set(
  ["number", "age"].flatMap((name) => [
    name,
    ...["hot", "warm", "cold", "temp"].map((lru) => `${name}_${lru}`),
  ]),
);

describe("values of the slower groups", () => {
  it("are those of the reply, for any numbers", () => {
    const names = [...CLASS_COLUMNS.items.keys()];
    const value = fc.oneof(fc.nat(), fc.constantFrom(0xffff_ffff, 0xffff_fffe, 2 ** 40, 0.5));
    const reply = fc.array(fc.tuple(fc.integer({ min: 0, max: 63 }), fc.constantFrom(...names), value));
    fc.assert(
      fc.property(reply, (entries) => {
        const figures = classStats(
          "items",
          entries.map(([id, name, one]) => [`items:${id}:${name}`, String(one)] as const),
        );
        const expected = new Map<string, number>();
        for (const [id, name, one] of entries) {
          const wrapped = WRAPPED.has(name) && one >= 0xffff_fffe && one <= 0xffff_ffff;
          if (!wrapped && !expected.has(`${id} ${name}`)) expected.set(`${id} ${name}`, one);
        }
        expect(figures.classes).toEqual([...new Set(entries.map(([id]) => id))].sort((a, b) => a - b));
        figures.classes.forEach((id, index) => {
          for (const name of names) {
            const column = CLASS_COLUMNS.items.get(name) as number;
            expect(figures.at(index, column)).toBe(expected.get(`${id} ${name}`) ?? Number.NaN);
          }
        });
      }),
    );
  });

  it("ignore invalid classes, and names like those of an object", () => {
    const odd = [
      "items:9999999:number",
      "items:-1:number",
      "items:1.5:number",
      "items:1:__proto__",
      "items::number",
    ];
    expect(
      classStats(
        "items",
        odd.map((name) => [name, "1"] as const),
      ),
    ).toBe(NO_CLASSES);
  });

  it("share what is alike between nodes", () => {
    const settings = statLines(capture("1.6.18", "stats-settings").toString("latin1"));
    expect(groupStats("settings", settings)).toBe(groupStats("settings", [...settings]));
    expect(groupStats("settings", settings)).not.toBe(groupStats("settings", [["maxconns", "7"]]));
    expect(GROUP_COLUMNS.settings.size).toBe(new Set(GROUP_COLUMNS.settings.keys()).size);
  });

  it("read decimals, yes and no, and nothing else", () => {
    expect(["0", "12", "-3", "0.20", "yes", "no"].map(numberOf)).toEqual([0, 12, -3, 0.2, 1, 0]);
    for (const text of ["", ".", "1.", ".5", "-", "1e3", "0x10", " 1", "1 ", "NULL", "١", "1".repeat(40)]) {
      expect([text, numberOf(text)]).toEqual([text, Number.NaN]);
    }
  });

  it("refuse a table that cannot be read", () => {
    for (const text of ["", "settings:maxconns", "items number", "a - items:number", "a  - b", "conns x"]) {
      expect(() => parseSource(text), text).toThrow();
    }
  });
});

describe("Memfleet's own metrics", () => {
  it("omit unknown values", () => {
    const own: OwnMetrics = {
      nodes: new Map([["up", 3]]),
      pollIntervalSeconds: 10,
      polls: 7,
      pollFailures: new Map([["replyTimeout", 2]]),
      batches: 0,
      batchSeconds: Number.NaN,
      batchAtSeconds: Number.NaN,
      historyWritable: true,
      databases: new Map([["history", 4096]]),
      notices: new Map([["stopping", false]]),
      auditEntries: 1,
      actionsRunning: 0,
      startedAtSeconds: 5,
      residentBytes: 6,
      heapUsedBytes: 7,
      cpuSeconds: new Map([["user", 0.25]]),
      eventLoopActiveSeconds: 1,
      eventLoopDelaySeconds: 0.002,
    };
    const text = [...pages(OWN_FAMILIES, [own])].join("");
    expect(text).toContain('memfleet_nodes{status="up"} 3\n');
    expect(text).toContain('memfleet_poll_failures_total{reason="replyTimeout"} 2\n');
    expect(text).toContain("memfleet_history_writable 1\n");
    expect(text).not.toContain("memfleet_sweep_duration_seconds");
    expect(OWN_FAMILIES.every(({ name }) => name.startsWith("memfleet_"))).toBe(true);
  });
});
