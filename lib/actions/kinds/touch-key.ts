/** `touch` on one node: changes the time to live, not the value. */
import type { ActionDefinition } from "../contract";
import { inspectKey, withMeaning } from "./key-info";
import { capabilityOfKey, checkExptime, keyOf } from "./key-input";

export const touchKey: ActionDefinition<"touch_key"> = {
  kind: "touch_key",
  capability: (input) => capabilityOfKey(input) ?? "touch_key",
  check(input) {
    keyOf(input);
    checkExptime(input.exptime);
  },
  deadlineMs: () => 30_000,
  run(target, input, { nowMs }) {
    const key = keyOf(input);
    return target.client.withKeys(async (keys) => {
      const before = await inspectKey(keys, key, nowMs);
      const { ok, reply } = await keys.touch(key, input.exptime);
      const after = await inspectKey(keys, key, nowMs);
      return { verified: ok, detail: withMeaning(reply), before, after };
    });
  },
};
