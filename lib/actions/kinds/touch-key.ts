/** `touch` on one node: a new time to live, the value as it was. */
import type { ActionDefinition } from "../contract";
import { inspectKey } from "./key-info";
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
      const { ok: done, reply: said } = await keys.touch(key, input.exptime);
      const after = await inspectKey(keys, key, nowMs);
      const detail = said === "NOT_FOUND" ? `${said}: there is no item under this key` : said;
      return { verified: done, detail, before, after };
    });
  },
};
