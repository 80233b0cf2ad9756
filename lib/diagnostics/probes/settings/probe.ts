/** What a node tells of its options, judged by themselves, by their use, and beside its pool. */
import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import { failed, passed, printableValue, unknown, wholeNumber } from "../../check-builders";
import type { Check, Probe, ProbeContext, ProbeTarget, SharedStats } from "../../contract";
import { judgeClock } from "./clock-skew";
import { judgeDrift } from "./drift";

const TIME = requiredSlot("time");

export const settings: Probe = {
  name: "settings",
  deadlineMs: 10_000,
  async run(target, context) {
    const statements = await target.stats();
    const peers = target.peers();
    return [
      ...judgeSettings(statements),
      await clockSkew(target, context),
      judgeDrift(target.node.id, statements.settings, peers),
    ];
  },
};

async function clockSkew({ client }: ProbeTarget, { nowMs }: ProbeContext): Promise<Check> {
  const values = emptyValues();
  const { latencyMs } = await client.poll(values);
  return judgeClock({ timeSeconds: values[TIME] ?? Number.NaN, receivedMs: nowMs(), latencyMs });
}

/** memcached's own default of `-m`, in bytes. */
export const DEFAULT_MAXBYTES = 64 * 1024 * 1024;
/** memcached's own default of `-c`. */
const DEFAULT_MAXCONNS = 1_024;
/** Share of an untouched connection limit in use that is worth a word. */
const MAXCONNS_USE = 0.5;

/** Every check that the node's own words decide. */
export function judgeSettings({
  general,
  settings: told,
  problem,
}: Pick<SharedStats, "general" | "settings" | "problem">): readonly Check[] {
  const why = told === null ? (problem.settings ?? "it could not be asked for its settings") : null;
  const of = (name: string) => told?.get(name);
  const judged: readonly Check[] = [
    memoryDefault(of("maxbytes")),
    verbosity(of("verbosity")),
    shutdownCommand(of("shutdown_command")),
    flushEnabled(of("flush_enabled")),
    dumpEnabled(of("dump_enabled")),
    maxconns(of("maxconns"), general?.get("curr_connections")),
    idleTimeout(of("idle_timeout")),
    options(told),
  ];
  return why === null ? judged : judged.map((check) => ({ ...check, evidence: { ...check.evidence, why } }));
}

function memoryDefault(value: string | undefined): Check {
  const check = "memory-default";
  const maxbytes = wholeNumber(value);
  if (maxbytes === null) return notReported(check, "maxbytes", value);
  const said = { check, figures: { maxbytes }, evidence: { maxbytes, default: DEFAULT_MAXBYTES } };
  if (maxbytes !== DEFAULT_MAXBYTES) {
    return passed({ ...said, title: `The memory limit is ${maxbytes} bytes, not memcached's default` });
  }
  return failed("info", { ...said, title: "The memory limit is memcached's default of 64 MB (-m)" });
}

function verbosity(value: string | undefined): Check {
  const check = "verbosity";
  const level = wholeNumber(value);
  if (level === null) return notReported(check, "verbosity", value);
  const said = { check, figures: { verbosity: level }, evidence: { verbosity: level } };
  if (level === 0) return passed({ ...said, title: "It writes no more than errors to its log" });
  return failed("warning", {
    ...said,
    title: `It writes more than errors to its log (verbosity ${level}, -v); from 2 on clients' keys are in it`,
  });
}

function shutdownCommand(value: string | undefined): Check {
  const check = "shutdown-command";
  if (value !== "yes" && value !== "no") return notReported(check, "shutdown_command", value);
  const said = { check, evidence: { shutdown_command: value } };
  if (value === "no") return passed({ ...said, title: "Clients cannot stop it" });
  return failed("warning", { ...said, title: "Any client that it lets in may stop it (-A)" });
}

function flushEnabled(value: string | undefined): Check {
  const check = "flush-enabled";
  if (value !== "yes" && value !== "no") return notReported(check, "flush_enabled", value);
  const said = { check, evidence: { flush_enabled: value } };
  if (value === "no") return passed({ ...said, title: "It refuses flush_all (-F)" });
  return failed("info", { ...said, title: "Any client that it lets in may empty it with flush_all" });
}

function dumpEnabled(value: string | undefined): Check {
  const check = "dump-enabled";
  if (value !== "yes" && value !== "no") return notReported(check, "dump_enabled", value);
  const said = { check, evidence: { dump_enabled: value } };
  if (value === "no") return passed({ ...said, title: "It refuses to list its keys (-X)" });
  return failed("info", { ...said, title: "Any client that it lets in may list all keys" });
}

/** Only an untouched limit that is filling up: a limit that is reached is a matter of health. */
function maxconns(value: string | undefined, current: string | undefined): Check {
  const check = "maxconns";
  const limit = wholeNumber(value);
  const connections = wholeNumber(current);
  if (limit === null) return notReported(check, "maxconns", value);
  if (connections === null) return notReported(check, "curr_connections", current);
  const share = limit === 0 ? 1 : connections / limit;
  const figures = { maxconns: limit, connections, share: Math.round(share * 10_000) / 10_000 };
  const said = { check, figures, evidence: { ...figures, default: DEFAULT_MAXCONNS } };
  if (limit !== DEFAULT_MAXCONNS || share < MAXCONNS_USE) {
    return passed({ ...said, title: `${connections} of at most ${limit} connections are open (-c)` });
  }
  return failed("info", {
    ...said,
    title: `${connections} connections are open, and the limit is memcached's default of ${DEFAULT_MAXCONNS} (-c)`,
  });
}

function idleTimeout(value: string | undefined): Check {
  const check = "idle-timeout";
  const seconds = wholeNumber(value);
  if (seconds === null) return notReported(check, "idle_timeout", value);
  const said = { check, figures: { seconds }, evidence: { idle_timeout: seconds } };
  if (seconds > 0) return passed({ ...said, title: `It closes connections idle for ${seconds} s` });
  return failed("info", { ...said, title: "It never closes an idle connection (-o idle_timeout)" });
}

/** Options that cost speed or memory, or make it answer with errors, by the value that does so. */
const COSTLY: readonly (readonly [name: string, value: string, what: string])[] = [
  ["evictions", "off", "full memory refuses stores (-M)"],
  ["detail_enabled", "yes", "every command counts per key prefix (stats detail on)"],
  ["slab_reassign", "no", "memory of one slab class never helps another (-o no_slab_reassign)"],
  ["slab_automove", "2", "a page moves at every eviction (-o slab_automove=2)"],
  ["lru_crawler", "no", "expired items keep their memory until they are asked for (-o no_lru_crawler)"],
  ["lru_maintainer_thread", "no", "the LRU is kept in order by the clients' own threads"],
];

/** Features that are on, which change what to expect rather than how good it is. */
const NOTED: readonly (readonly [name: string, plain: string])[] = [
  ["cas_enabled", "yes"],
  ["track_sizes", "no"],
  ["temp_lru", "no"],
  ["expirezero_does_not_evict", "no"],
  ["slab_automove", "1"],
  ["hash_algorithm", "murmur3"],
];

function options(told: SharedStats["settings"]): Check {
  const check = "options";
  if (told === null) return notReported(check, "settings", undefined);
  const costly = COSTLY.filter(([name, value]) => told.get(name) === value);
  const noted = NOTED.filter(([name, plain]) => (told.get(name) ?? plain) !== plain);
  const evidence = {
    costly: costly.map(([name, value, what]) => `${name} ${value}: ${what}`),
    noted: noted.map(([name]) => `${name} ${printableValue(told.get(name))}`),
  };
  const figures = { count: costly.length, names: costly.map(([name]) => name).join(", ") };
  const said = { check, figures, evidence };
  if (costly.length === 0) return passed({ ...said, title: "No option costs speed or memory for nothing" });
  return failed("info", { ...said, title: `Options that cost: ${evidence.costly.join("; ")}` });
}

function notReported(check: string, name: string, value: string | undefined): Check {
  return unknown({
    check,
    title: value === undefined ? `The node does not tell ${name}` : `The node tells ${name} in no known form`,
    figures: { name },
    evidence: { [name]: printableValue(value) },
  });
}
