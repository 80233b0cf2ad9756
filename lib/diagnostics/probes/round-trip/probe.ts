/**
 * Whether a key can be stored, read and deleted. The only probe that changes something: it stores a throw-away key under
 * a reserved prefix, which expires on its own if it can't be deleted. `run-scheduler.ts` writes the audit entry first.
 */
import { randomBytes } from "node:crypto";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import { type RoundTripReply, roundTrip as runRoundTrip } from "@/lib/memcached/inspect/round-trip";
import { type PhraseName, phrase } from "@/lib/model/findings/phrases";
import { failed, passed } from "../../check-builders";
import type { Check, Probe } from "../../contract";

/** Prefix of throw-away keys. */
export const KEY_PREFIX = "memfleet:probe:";

const EXPTIME_SECONDS = 60;
const DEADLINES = { connectTimeoutMs: 2_000, timeoutMs: 4_000 };

export const roundTrip: Probe = {
  name: "round-trip",
  deadlineMs: 12_000,
  async run({ node, stats }, { signal }) {
    const { settings } = await stats();
    const key = `${KEY_PREFIX}${randomBytes(12).toString("hex")}`;
    const value = randomBytes(32).toString("hex");
    const replies: RoundTripReply[] = [];
    for (const endpoint of endpointsByProtocol(node.endpoint, settings?.get("binding_protocol"))) {
      if (signal.aborted) break;
      replies.push(await runRoundTrip(endpoint, DEADLINES, { key, value, exptimeSeconds: EXPTIME_SECONDS }));
    }
    return [judgeRoundTrip(key, replies)];
  },
};

/** Both protocols if the node accepts both and the configuration requires neither. */
function endpointsByProtocol(endpoint: NodeEndpoint, binding: string | undefined): NodeEndpoint[] {
  const both = endpoint.protocol === "auto" && endpoint.credentials === null && binding === "auto-negotiate";
  return both
    ? [
        { ...endpoint, protocol: "text" },
        { ...endpoint, protocol: "binary" },
      ]
    : [endpoint];
}

type Step = RoundTripReply["steps"][number];

const STEP_WORDS: Readonly<Record<Step["step"], string>> = {
  set: "storing the key",
  get: "reading the key",
  delete: "deleting the key",
  miss: "reading the deleted key",
};

/** memcached `doc/protocol-binary.txt`, "Response Status". */
const STATUS_PHRASES: Readonly<Record<string, PhraseName>> = {
  0: "otherValue",
  1: "keyNotFound",
  2: "keyExists",
  3: "valueTooLarge",
  5: "notStored",
  32: "authenticationRequired",
  129: "unknownCommand",
  130: "outOfMemory",
};

/** The node's own line of text, or the meaning of a binary status. */
function answerText(answer: string): string {
  const [, status] = /^status (\d+)$/.exec(answer) ?? [];
  return status === undefined ? answer : phrase(STATUS_PHRASES[status] ?? "otherStatus", { status });
}

/** Pure. */
export function judgeRoundTrip(key: string, replies: readonly RoundTripReply[]): Check {
  const results = replies.flatMap(({ protocol, steps }) => steps.map((result) => ({ protocol, ...result })));
  const protocols = replies.map(({ protocol }) => protocol).join(", ");
  const milliseconds = round(results.reduce((sum, result) => sum + result.milliseconds, 0));
  const failure = results.find(({ ok: went }) => !went);
  const answer = failure === undefined ? null : answerText(failure.answer);
  const base = {
    check: "round-trip",
    figures: {
      protocols,
      milliseconds,
      protocol: failure?.protocol ?? null,
      step: failure?.step ?? null,
      answer,
    },
    evidence: {
      key,
      protocols,
      milliseconds,
      steps: results.map(
        (result) => `${result.protocol} ${result.step}: ${result.answer}, ${round(result.milliseconds)} ms`,
      ),
    },
  };
  if (failure === undefined) {
    const title = `Stored, read, and deleted a key over ${protocols} in ${milliseconds} ms`;
    return passed({ ...base, title });
  }
  const title = `Round trip failed: ${STEP_WORDS[failure.step]} over ${failure.protocol} returned "${answer}"`;
  return failed("critical", { ...base, title });
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
