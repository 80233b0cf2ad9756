/**
 * Recognizes nodes that lead to one server process, for example because it listens on several addresses or is in two
 * pools. Pure state, fed with samples.
 *
 * One process has one pid, start, and version. In containers, different processes can have these in common, so the
 * counters have to agree: samples of one process through either address, in the order of their time, never fall, and
 * every poll adds its own request and reply. Replicas with the same load can agree as well, so the collector then asks
 * one of the nodes (`same-process.ts`). If it can't tell, the counters have to agree for long.
 */
import { requiredSlot } from "@/lib/catalogue/stats";
import { serverProcess } from "@/lib/metrics/server-process";

const BYTES_READ = 0;
const BYTES_WRITTEN = 1;
/** Counters that never fall while the process lives. The first two are in this order. */
const WITNESSES = [
  "bytes_read",
  "bytes_written",
  "rusage_user",
  "rusage_system",
  "total_connections",
  "cmd_get",
  "cmd_set",
  "cmd_flush",
  "cmd_touch",
  "get_hits",
  "get_misses",
  "delete_hits",
  "delete_misses",
  "incr_hits",
  "auth_cmds",
  "evictions",
].map(requiredSlot);

/** Bytes of the shortest `stats` request, and fewer than those of any server's reply to it. */
const REQUEST_BYTES = 7;
const REPLY_BYTES = 500;
/** Rounds of polls that agree before a node is asked, and before the counters alone decide. */
const ROUNDS_BEFORE_ASKING = 2;
const ROUNDS_WITHOUT_ANSWER = 30;
/** Answers that are kept; beyond that, the oldest are asked for again. */
const MAX_ANSWERS = 10_000;
/** Nodes of the same pid and start that a node is compared with, those with the most similar counters. */
const NEIGHBOURS = 8;
/** Two clocks readings of one event loop can be this far apart, in milliseconds. */
const CLOCK_MS = 1;

interface Reading {
  readonly counters: Float64Array;
  /** The sample was taken between these. */
  readonly fromMs: number;
  readonly toMs: number;
}

interface Observation {
  readonly identity: string;
  previous: Reading | null;
  last: Reading;
}

interface Pair {
  readonly nodes: readonly [string, string];
  rounds: number;
  /** When the readings of the last counted round were taken. */
  countedMs: number;
}

/** Whether two nodes lead to one process. */
export type ProcessVerdict = "same" | "different" | "unknown";

interface Answer {
  readonly identity: string;
  readonly verdict: ProcessVerdict;
}

export class SharedProcesses {
  private readonly observations = new Map<string, Observation>();
  private pairs = new Map<string, Pair>();
  private readonly answers = new Map<string, Answer>();
  private others: ReadonlyMap<string, readonly string[]> = new Map();

  /** The other nodes of the same process, in alphabetical order. */
  sameAs(node: string): readonly string[] {
    return this.others.get(node) ?? [];
  }

  /** A sample of a node arrived at `atMs` (monotonic), `latencyMs` after its request. */
  observe(node: string, values: Float64Array, version: string | null, atMs: number, latencyMs: number): void {
    const { pid, uptime, time } = serverProcess(values);
    const started = time - uptime;
    const identity = `${pid} ${started} ${version}`;
    const counters = Float64Array.from(WITNESSES, (slot) => values[slot] as number);
    const last: Reading = { counters, fromMs: atMs - latencyMs - CLOCK_MS, toMs: atMs };
    const before = this.observations.get(node);
    if (Number.isNaN(pid) || Number.isNaN(started)) this.observations.delete(node);
    else if (before?.identity !== identity || fell(before.last, last)) {
      this.observations.set(node, { identity, previous: null, last });
    } else {
      before.previous = before.last;
      before.last = last;
    }
  }

  forget(node: string): void {
    this.observations.delete(node);
  }

  /** Pairs of nodes whose counters agree, of which one has to be asked. */
  unanswered(): (readonly [node: string, other: string])[] {
    return [...this.pairs.values()]
      .filter((pair) => pair.rounds >= ROUNDS_BEFORE_ASKING && this.answerOf(pair.nodes) === null)
      .map(({ nodes }) => nodes);
  }

  /** What one of two nodes answered. Returns the nodes whose `sameAs` changed. */
  answer(nodes: readonly [string, string], verdict: ProcessVerdict): ReadonlySet<string> {
    const identity = this.observations.get(nodes[0])?.identity;
    if (identity === undefined) return new Set();
    this.answers.set(keyOf(nodes), { identity, verdict });
    for (const key of this.answers.keys()) {
      if (this.answers.size <= MAX_ANSWERS) break;
      this.answers.delete(key);
    }
    return this.regroup();
  }

  /** Null when it was not asked, or of another process. */
  private answerOf(nodes: readonly [string, string]): ProcessVerdict | null {
    const answer = this.answers.get(keyOf(nodes));
    return answer?.identity === this.observations.get(nodes[0])?.identity ? (answer?.verdict ?? null) : null;
  }

  private isOneProcess({ nodes, rounds }: Pair): boolean {
    const answer = this.answerOf(nodes);
    return answer === "same" || (answer === "unknown" && rounds >= ROUNDS_WITHOUT_ANSWER);
  }

  /** Compares the nodes that may be one process. Returns the nodes whose `sameAs` changed. */
  review(): ReadonlySet<string> {
    // The list of clients is proof; the counters of one process can look odd while it is busy.
    const proven = [...this.pairs].filter(([, { nodes }]) => this.answerOf(nodes) === "same");
    const pairs = new Map(proven.filter(([, { nodes }]) => this.haveOneIdentity(nodes)));
    for (const group of this.groups()) {
      for (const [index, node] of group.entries()) {
        for (const other of group.slice(index + 1, index + 1 + NEIGHBOURS)) this.compare(node, other, pairs);
      }
    }
    this.pairs = pairs;
    return this.regroup();
  }

  private haveOneIdentity([node, other]: readonly [string, string]): boolean {
    const identity = this.observations.get(node)?.identity;
    return identity !== undefined && identity === this.observations.get(other)?.identity;
  }

  /** Nodes of the same pid and start, several each, in the order of their counters. */
  private groups(): string[][] {
    const byIdentity = new Map<string, string[]>();
    for (const [node, { identity }] of this.observations) {
      const group = byIdentity.get(identity);
      if (group) group.push(node);
      else byIdentity.set(identity, [node]);
    }
    const written = (node: string) => this.observations.get(node)?.last.counters[BYTES_WRITTEN] ?? 0;
    const groups = [...byIdentity.values()].filter((group) => group.length > 1);
    for (const group of groups) group.sort((a, b) => written(a) - written(b));
    return groups;
  }

  private compare(node: string, other: string, pairs: Map<string, Pair>): void {
    const a = this.observations.get(node);
    const b = this.observations.get(other);
    if (a === undefined || b === undefined) return;
    const nodes = node < other ? ([node, other] as const) : ([other, node] as const);
    const key = keyOf(nodes);
    const verdict = verdictOf(a, b);
    if (verdict === "different") return;
    const pair = this.pairs.get(key) ?? { nodes, rounds: 0, countedMs: Number.NEGATIVE_INFINITY };
    if (verdict === "same" && Math.min(a.last.toMs, b.last.toMs) > pair.countedMs) {
      pair.rounds++;
      pair.countedMs = Math.max(a.last.toMs, b.last.toMs);
    }
    if (pair.rounds > 0) pairs.set(key, pair);
  }

  private regroup(): ReadonlySet<string> {
    const groups = new Map<string, Set<string>>();
    for (const pair of this.pairs.values()) {
      if (!this.isOneProcess(pair)) continue;
      const { nodes } = pair;
      const joined = new Set(nodes.flatMap((node) => [node, ...(groups.get(node) ?? [])]));
      for (const node of joined) groups.set(node, joined);
    }
    const others = new Map(
      [...groups].map(([node, group]) => [node, [...group].filter((one) => one !== node).sort()]),
    );
    const before = this.others;
    this.others = others;
    const nodes = new Set([...before.keys(), ...others.keys()]);
    return new Set([...nodes].filter((node) => before.get(node)?.join() !== others.get(node)?.join()));
  }
}

function keyOf(nodes: readonly [string, string]): string {
  return nodes.join("\n");
}

/** Whether a counter fell, as after `stats reset`. */
function fell(before: Reading, after: Reading): boolean {
  return WITNESSES.some((_, index) => rise(before, after, index) < 0);
}

function rise(before: Reading, after: Reading, index: number): number {
  return (after.counters[index] as number) - (before.counters[index] as number);
}

/** Compares the last two readings of both: each earlier one with each later one, and those of one round. */
function verdictOf(a: Observation, b: Observation): ProcessVerdict {
  if (a.previous === null || b.previous === null) return "unknown";
  const verdicts = [
    inOrder(a.previous, b.previous),
    inOrder(a.last, b.last),
    inOrder(a.previous, b.last),
    inOrder(b.previous, a.last),
  ];
  if (verdicts.includes("different")) return "different";
  const separate = a.previous.toMs < b.last.fromMs && b.previous.toMs < a.last.fromMs;
  return separate && !verdicts.includes("unknown") ? "same" : "unknown";
}

/** Whether the later of two readings can be of the process of the earlier one. */
function inOrder(one: Reading, other: Reading): ProcessVerdict {
  if (one.toMs < other.fromMs) return grew(one, other) ? "same" : "different";
  if (other.toMs < one.fromMs) return grew(other, one) ? "same" : "different";
  // Taken at the same time: the counters show an order, or nothing.
  return grew(one, other) || grew(other, one) ? "same" : "unknown";
}

function grew(earlier: Reading, later: Reading): boolean {
  if (!(rise(earlier, later, BYTES_READ) >= REQUEST_BYTES)) return false;
  if (!(rise(earlier, later, BYTES_WRITTEN) >= REPLY_BYTES)) return false;
  return !fell(earlier, later);
}
