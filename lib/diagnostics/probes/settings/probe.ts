/** Checks a node's reported options on their own, against their use, and against its pool. */
import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import { type PhraseName, phrase } from "@/lib/model/findings/phrases";
import {
  failed,
  notApplicable,
  notReported,
  passed,
  printableValue,
  unknown,
  wholeNumber,
} from "../../check-builders";
import type { Check, Probe, ProbeContext, ProbeTarget, SharedStats } from "../../contract";
import { settingsExcludeText } from "../../text-commands";
import { judgeClock } from "./clock-skew";
import { judgeDrift } from "./drift";

const TIME = requiredSlot("time");

export const settings: Probe = {
  name: "settings",
  deadlineMs: 10_000,
  async run(target, context) {
    const stats = await target.stats();
    const peers = target.peers();
    return [
      ...judgeSettings(stats),
      await clockSkew(target, context),
      judgeDrift(target.node.id, stats.settings, peers),
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
/** Share of the default connection limit in use from which the check fails. */
const MAXCONNS_USE = 0.5;

/** Every check that the reported settings decide. */
export function judgeSettings({
  general,
  settings: reported,
  problem,
}: Pick<SharedStats, "general" | "settings" | "problem">): readonly Check[] {
  const why = reported === null ? (problem.settings ?? phrase("noSettings")) : null;
  const setting = (name: string) => reported?.get(name);
  const checks: readonly Check[] = [
    memoryDefault(setting("maxbytes")),
    verbosity(setting("verbosity")),
    ...SWITCHES.map((row) => judgeSwitch(row, setting(row.name), settingsExcludeText(reported))),
    maxconns(setting("maxconns"), general?.get("curr_connections")),
    idleTimeout(setting("idle_timeout")),
    options(reported),
  ];
  return why === null ? checks : checks.map((check) => ({ ...check, evidence: { ...check.evidence, why } }));
}

function memoryDefault(value: string | undefined): Check {
  const check = "memory-default";
  const maxbytes = wholeNumber(value);
  if (maxbytes === null) return notReported(check, "maxbytes", value);
  const base = { check, figures: { maxbytes }, evidence: { maxbytes, default: DEFAULT_MAXBYTES } };
  if (maxbytes !== DEFAULT_MAXBYTES) {
    return passed({ ...base, title: `Memory limit is ${maxbytes} bytes, not the memcached default` });
  }
  return failed("info", { ...base, title: "Memory limit is the memcached default of 64 MB (-m)" });
}

function verbosity(value: string | undefined): Check {
  const check = "verbosity";
  const level = wholeNumber(value);
  if (level === null) return notReported(check, "verbosity", value);
  const base = { check, figures: { verbosity: level }, evidence: { verbosity: level } };
  if (level === 0) return passed({ ...base, title: "Logs errors only" });
  const title = `Logs more than errors (verbosity ${level}, -v); at 2 and above, client keys are logged`;
  return failed("warning", { ...base, title });
}

interface SwitchRow {
  readonly check: string;
  readonly name: string;
  readonly severity: "info" | "warning";
  /** Title when the setting is `no`. */
  readonly off: string;
  /** Title when the setting is `yes`, which the check fails. */
  readonly on: string;
  /** Title for a node that takes no text commands, when it is about one. */
  readonly textless?: string;
}

const SWITCHES: readonly SwitchRow[] = [
  {
    check: "shutdown-command",
    name: "shutdown_command",
    severity: "warning",
    off: "Clients can't shut it down",
    on: "Any client that can connect can shut it down (-A)",
    textless: "Takes no text commands, so clients can't shut it down",
  },
  {
    check: "flush-enabled",
    name: "flush_enabled",
    severity: "info",
    off: "Rejects flush_all (-F)",
    on: "Any client that can connect can empty it with flush_all",
  },
  {
    check: "dump-enabled",
    name: "dump_enabled",
    severity: "info",
    off: "Rejects key listing (-X)",
    on: "Any client that can connect can list all keys",
    textless: "Takes no text commands, so clients can't list its keys",
  },
];

function judgeSwitch(
  { check, name, severity, off, on, textless }: SwitchRow,
  value: string | undefined,
  takesNoText: boolean,
): Check {
  if (takesNoText && textless !== undefined)
    return notApplicable({ check, title: textless, evidence: { [name]: printableValue(value) } });
  if (value !== "yes" && value !== "no") return notReported(check, name, value);
  const base = { check, evidence: { [name]: value } };
  return value === "no" ? passed({ ...base, title: off }) : failed(severity, { ...base, title: on });
}

/** Only a default limit that fills up: a limit that was reached is a matter of health. */
function maxconns(value: string | undefined, current: string | undefined): Check {
  const check = "maxconns";
  const limit = wholeNumber(value);
  const connections = wholeNumber(current);
  if (limit === null) return notReported(check, "maxconns", value);
  if (connections === null) return notReported(check, "curr_connections", current);
  const share = limit === 0 ? 1 : connections / limit;
  const figures = { maxconns: limit, connections, share: Math.round(share * 10_000) / 10_000 };
  const base = { check, figures, evidence: { ...figures, default: DEFAULT_MAXCONNS } };
  if (limit !== DEFAULT_MAXCONNS || share < MAXCONNS_USE) {
    return passed({ ...base, title: `${connections} of ${limit} connections in use (-c)` });
  }
  const title = `${connections} connections in use; the limit is the memcached default of ${DEFAULT_MAXCONNS} (-c)`;
  return failed("info", { ...base, title });
}

function idleTimeout(value: string | undefined): Check {
  const check = "idle-timeout";
  const seconds = wholeNumber(value);
  if (seconds === null) return notReported(check, "idle_timeout", value);
  const base = { check, figures: { seconds }, evidence: { idle_timeout: seconds } };
  if (seconds > 0) return passed({ ...base, title: `Closes connections idle for ${seconds} s` });
  return failed("info", { ...base, title: "Never closes idle connections (-o idle_timeout)" });
}

/** Options that cost speed or memory, or cause errors, with the value that does so. */
const COSTLY: readonly (readonly [name: string, value: string, effect: PhraseName])[] = [
  ["evictions", "off", "evictionsOff"],
  ["detail_enabled", "yes", "detailEnabled"],
  ["slab_reassign", "no", "slabReassignOff"],
  ["slab_automove", "2", "slabAutomoveAggressive"],
  ["lru_crawler", "no", "lruCrawlerOff"],
  ["lru_maintainer_thread", "no", "lruMaintainerOff"],
];

/** Features that change what to expect, without being good or bad, with the value that changes nothing. */
const NOTED: readonly (readonly [name: string, plain: string])[] = [
  ["cas_enabled", "yes"],
  ["track_sizes", "no"],
  ["temp_lru", "no"],
  ["expirezero_does_not_evict", "no"],
  ["slab_automove", "1"],
  ["hash_algorithm", "murmur3"],
];

function options(reported: SharedStats["settings"]): Check {
  const check = "options";
  if (reported === null) {
    return unknown(phrase("noSettings"), { check, evidence: { settings: null } });
  }
  const costly = COSTLY.filter(([name, value]) => reported.get(name) === value);
  const noted = NOTED.filter(([name, plain]) => (reported.get(name) ?? plain) !== plain);
  const names = costly.map(([name]) => name).join(", ");
  const base = {
    check,
    figures: { count: costly.length, names },
    evidence: {
      costly: costly.map(([name, value, effect]) => phrase(effect, { setting: `${name} ${value}` })),
      noted: noted.map(([name]) => `${name} ${printableValue(reported.get(name))}`),
    },
  };
  if (costly.length === 0) return passed({ ...base, title: "No option wastes speed or memory" });
  const subject =
    costly.length === 1
      ? "This option costs speed or memory, or causes errors"
      : `These ${costly.length} options cost speed or memory, or cause errors`;
  return failed("info", { ...base, title: `${subject}: ${names}` });
}
