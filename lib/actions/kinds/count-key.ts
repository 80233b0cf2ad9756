/** `incr` and `decr` on one node, in all 64 bits. */
import type { CounterReply } from "@/lib/memcached/key-contract";
import type { Measurements } from "@/lib/model/actions/action.schema";
import type { ActionDefinition } from "../contract";
import { withMeaning } from "./key-info";
import { capabilityOfKey, keyOf } from "./key-input";

export const incrKey = counting("incr_key", "incr");
export const decrKey = counting("decr_key", "decr");

function counting<Kind extends "incr_key" | "decr_key">(
  kind: Kind,
  direction: "incr" | "decr",
): ActionDefinition<Kind> {
  return {
    kind,
    capability: capabilityOfKey,
    check: (input) => void keyOf(input),
    deadlineMs: () => 30_000,
    async run(target, input, { nowMs }) {
      const key = keyOf(input);
      const reply = await target.client.withKeys((keys) => keys.count(direction, key, BigInt(input.by)));
      const after = measurementsOf(reply, nowMs());
      const detail = reply.ok ? `now ${reply.reply}` : withMeaning(reply.reply);
      return { verified: reply.ok, detail, before: null, after };
    },
  };
}

/** A number that JSON cannot hold exactly is in the detail only. */
function measurementsOf({ value }: CounterReply, atMs: number): Measurements | null {
  if (value === null) return null;
  return { atMs, value: value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : null };
}
