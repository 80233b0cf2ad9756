/** `delete` of one key, on one node or on several. */
import type { ActionDefinition } from "../contract";
import { inspectKey, withMeaning } from "./key-info";
import { capabilityOfKey, keyOf } from "./key-input";

export const deleteKey: ActionDefinition<"delete_key"> = {
  kind: "delete_key",
  capability: capabilityOfKey,
  check: (input) => void keyOf(input),
  deadlineMs: () => 30_000,
  run(target, input, { nowMs, multiNode }) {
    const key = keyOf(input);
    return target.client.withKeys(async (keys) => {
      const before = await inspectKey(keys, key, nowMs);
      const { ok, reply } = await keys.delete(key);
      const after = await inspectKey(keys, key, nowMs);
      // Of several nodes most never had it: there the key is absent, as requested.
      const verified = ok || (reply === "NOT_FOUND" && multiNode);
      return { verified, detail: withMeaning(reply), before, after };
    });
  },
};
