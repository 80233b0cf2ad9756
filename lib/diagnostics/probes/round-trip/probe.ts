/**
 * Whether a key can be stored, read and deleted. The one probe that changes something: a throw-away key under a name
 * of its own, that expires by itself when it could not be deleted. `run.ts` audits it before anything is sent.
 */
import { randomBytes } from "node:crypto";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import { roundTrip as goAndReturn, type RoundTripReply } from "@/lib/memcached/inspect/round-trip";
import { failed, passed } from "../../check-builders";
import type { Check, Probe } from "../../contract";

/** What a throw-away key begins with. */
export const KEY_PREFIX = "memfleet:probe:";

const EXPTIME_SECONDS = 60;
const DEADLINES = { connectTimeoutMs: 2_000, timeoutMs: 4_000 };

export const roundTrip: Probe = {
  name: "round-trip",
  deadlineMs: 12_000,
  async run({ node, stats: statements }, { signal }) {
    const { settings } = await statements();
    const key = `${KEY_PREFIX}${randomBytes(12).toString("hex")}`;
    const value = randomBytes(32).toString("hex");
    const replies: RoundTripReply[] = [];
    for (const endpoint of waysTo(node.endpoint, settings?.get("binding_protocol"))) {
      if (signal.aborted) break;
      replies.push(await goAndReturn(endpoint, DEADLINES, { key, value, exptimeSeconds: EXPTIME_SECONDS }));
    }
    return [judgeRoundTrip(key, replies)];
  },
};

/** Both protocols where the node speaks both and the configuration asks for neither. */
function waysTo(endpoint: NodeEndpoint, binding: string | undefined): NodeEndpoint[] {
  const both = endpoint.protocol === "auto" && endpoint.credentials === null && binding === "auto-negotiate";
  return both
    ? [
        { ...endpoint, protocol: "text" },
        { ...endpoint, protocol: "binary" },
      ]
    : [endpoint];
}

/** Pure: what came back decides. */
export function judgeRoundTrip(key: string, replies: readonly RoundTripReply[]): Check {
  const steps = replies.flatMap(({ protocol, steps: made }) =>
    made.map(({ step, answer, milliseconds }) => `${protocol} ${step}: ${answer}, ${round(milliseconds)} ms`),
  );
  const wrong = replies.flatMap(({ protocol, steps: made }) =>
    made.filter(({ went }) => !went).map(({ step, answer }) => ({ protocol, step, answer })),
  );
  const protocols = replies.map(({ protocol }) => protocol).join(", ");
  const milliseconds = round(
    replies.flatMap(({ steps: made }) => made.map((one) => one.milliseconds)).reduce((a, b) => a + b, 0),
  );
  const [first] = wrong;
  const figures = {
    ...{ protocols, milliseconds, protocol: first?.protocol ?? null },
    ...{ step: first?.step ?? null, answer: first?.answer ?? null },
  };
  const said = { check: "round-trip", figures, evidence: { key, protocols, milliseconds, steps } };
  if (first === undefined) {
    return passed({
      ...said,
      title: `A key was stored, read and deleted over ${protocols} in ${milliseconds} ms`,
    });
  }
  return failed("critical", {
    ...said,
    title: `A key did not make the round trip: ${first.step} over ${first.protocol} was answered with ${first.answer}`,
  });
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
