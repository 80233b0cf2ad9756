/** `delete` of one key, on one node or wherever it is. */
import type { ActionDefinition } from "../contract";
import { inspectKey } from "./key-info";
import { capabilityOfKey, keyOf } from "./key-input";

export const deleteKey: ActionDefinition<"delete_key"> = {
  kind: "delete_key",
  capability: capabilityOfKey,
  check: (input) => void keyOf(input),
  deadlineMs: () => 30_000,
  run(target, input, { nowMs, multiNode: several }) {
    const key = keyOf(input);
    return target.client.withKeys(async (keys) => {
      const before = await inspectKey(keys, key, nowMs);
      const { ok: done, reply: said } = await keys.delete(key);
      const after = await inspectKey(keys, key, nowMs);
      const absent = said === "NOT_FOUND";
      const detail = absent ? `${said}: there was no item under this key` : said;
      // Of several nodes most never had it: that it is not there is what was wanted.
      return { verified: done || (absent && several), detail, before, after };
    });
  },
};
