/**
 * What a node's metrics have to be, worked out from its own replies by the list of promised metrics. Knows nothing of
 * the product.
 */
import { readFileSync } from "node:fs";

export interface PromisedMetric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
  /** Where it comes from, in words. */
  readonly stat: string;
}

const FILE = new URL("../fixtures/prometheus/metrics.tsv", import.meta.url);

export const PROMISED_METRICS: readonly PromisedMetric[] = readFileSync(FILE, "utf8")
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((line) => {
    const [name = "", type = "", labels = "", help = "", stat = ""] = line.split("\t");
    return { name, type, labels: labels === "-" ? [] : labels.split(","), help, stat };
  });

/** A node's replies by group, `""` for the general one; names to values. */
export type Replies = ReadonlyMap<string, ReadonlyMap<string, string>>;

const COMMANDS = ["get", "delete", "incr", "decr", "cas", "touch"];

/** Values by `name` or `name{label="value",…}` without the labels that say which node it is. */
export function expectedMetrics(replies: Replies): Map<string, number> {
  const stats = replies.get("") ?? new Map<string, string>();
  const settings = replies.get("settings") ?? new Map<string, string>();
  const items = replies.get("items") ?? new Map<string, string>();
  const slabs = replies.get("slabs") ?? new Map<string, string>();
  const found = new Map<string, number>([["memcached_up", 1]]);
  const put = (key: string, value: string | undefined) => {
    if (value === undefined) return;
    found.set(key, value === "yes" ? 1 : value === "no" ? 0 : Number(value));
  };
  found.set(`memcached_version{version="${stats.get("version")}"}`, 1);
  for (const { name, labels, stat } of PROMISED_METRICS) {
    if (labels.length > 0) continue;
    const [, group = "", key = "", only = ""] = /^stats(?: (\w+))?: (\w+)(?: \((.*)\))?$/.exec(stat) ?? [];
    if (key === "") continue;
    if (only.includes("lru_crawler=yes") && settings.get("lru_crawler") !== "yes") continue;
    if (only.includes("extstore_limit_maxbytes") && !stats.has("extstore_limit_maxbytes")) continue;
    if (only.includes("proxy_backend_total") && !stats.has("proxy_backend_total")) continue;
    put(name, replies.get(group)?.get(key));
  }
  for (const command of COMMANDS) {
    for (const [status, ending] of [
      ["hit", "hits"],
      ["miss", "misses"],
    ]) {
      put(
        `memcached_commands_total{command="${command}",status="${status}"}`,
        stats.get(`${command}_${ending}`),
      );
    }
  }
  put('memcached_commands_total{command="cas",status="badval"}', stats.get("cas_badval"));
  put('memcached_commands_total{command="flush",status="hit"}', stats.get("cmd_flush"));
  const of = (key: string) => Number(stats.get(key));
  found.set(
    'memcached_commands_total{command="set",status="hit"}',
    of("cmd_set") - of("cas_hits") - of("cas_misses") - of("cas_badval"),
  );
  classStats(items, slabs, put);
  return found;
}

function classStats(
  items: ReadonlyMap<string, string>,
  slabs: ReadonlyMap<string, string>,
  put: (key: string, value: string | undefined) => void,
): void {
  const inItems = new Set([...items.keys()].flatMap((key) => /^items:(\d+):/.exec(key)?.[1] ?? []));
  const inSlabs = new Set([...slabs.keys()].flatMap((key) => /^(\d+):/.exec(key)?.[1] ?? []));
  for (const { name, labels, stat } of PROMISED_METRICS) {
    const [, group, key] = /^stats (items|slabs): (\w+)$/.exec(stat) ?? [];
    if (labels.join() !== "slab" || group === undefined) continue;
    if (group === "items")
      for (const id of inItems) put(`${name}{slab="${id}"}`, items.get(`items:${id}:${key}`));
    else for (const id of inSlabs) put(`${name}{slab="${id}"}`, slabs.get(`${id}:${key}`));
  }
  for (const id of inItems) {
    put(`memcached_slab_mem_requested_bytes{slab="${id}"}`, items.get(`items:${id}:mem_requested`));
    for (const [lru, ending] of [
      ["hot", "hot"],
      ["warm", "warm"],
      ["cold", "cold"],
      ["temporary", "temp"],
    ]) {
      put(
        `memcached_slab_lru_hits_total{lru="${lru}",slab="${id}"}`,
        items.get(`items:${id}:hits_to_${ending}`),
      );
    }
  }
  for (const id of inSlabs) {
    const key = (command: string, status: string) =>
      `memcached_slab_commands_total{command="${command}",slab="${id}",status="${status}"}`;
    const of = (name: string) => Number(slabs.get(`${id}:${name}`));
    for (const command of COMMANDS) put(key(command, "hit"), slabs.get(`${id}:${command}_hits`));
    put(key("cas", "badval"), slabs.get(`${id}:cas_badval`));
    put(key("set", "hit"), String(of("cmd_set") - of("cas_hits") - of("cas_badval")));
  }
}
