/** `set`, `add`, `replace`, `append` or `prepend` on one node. */
import { base64Bytes } from "@/lib/memcached/key-bytes";
import type { KeyReply } from "@/lib/memcached/key-contract";
import { ACTION_LIMITS, type SetMode } from "@/lib/model/actions/action";
import type { ActionInputs } from "@/lib/model/actions/action.schema";
import { InputError } from "@/lib/model/errors";
import type { ActionDefinition } from "../contract";
import { inspectKey } from "./key-info";
import { capabilityOfKey, checkExptime, keyOf } from "./key-input";

type Input = ActionInputs["set_key"];

export const setKey: ActionDefinition<"set_key"> = {
  kind: "set_key",
  capability: capabilityOfKey,
  check(input) {
    keyOf(input);
    storedBytes(input);
    checkExptime(input.exptime);
  },
  redact: ({ key, keyEncoding, flags, exptime, mode, ...input }) => ({
    key,
    keyEncoding,
    flags,
    exptime,
    mode,
    valueBytes: storedBytes(input).length,
  }),
  deadlineMs: () => 30_000,
  run(target, input, { nowMs }) {
    const key = keyOf(input);
    const value = storedBytes(input);
    const { mode, flags, exptime } = input;
    return target.client.withKeys(async (keys) => {
      const before = await inspectKey(keys, key, nowMs);
      const reply = await keys.store(key, value, { mode, flags, exptime });
      const after = await inspectKey(keys, key, nowMs);
      return { verified: reply.ok, detail: detailOf(reply, mode, value.length), before, after };
    });
  },
};

/** @throws InputError */
function storedBytes({ value, encoding }: Pick<Input, "value" | "encoding">): Buffer {
  const bytes = encoding === "base64" ? base64Bytes(value) : textBytes(value);
  const refused = (found: string, allowed: string) =>
    new InputError([{ field: "input.value", found, allowed }]);
  if (bytes === null) {
    throw encoding === "base64"
      ? refused("other text", "base64, the chosen encoding")
      : refused("half a surrogate pair", "well-formed text, or base64");
  }
  if (bytes.length > ACTION_LIMITS.valueBytes) {
    throw refused(`${bytes.length} bytes`, `at most ${ACTION_LIMITS.valueBytes} bytes`);
  }
  return bytes;
}

/** Null for text that has no UTF-8 form: storing it would change it. */
function textBytes(text: string): Buffer | null {
  return /\p{Surrogate}/u.test(text) ? null : Buffer.from(text);
}

function detailOf({ ok, reply }: KeyReply, mode: SetMode, bytes: number): string {
  if (ok) return `${reply}: ${bytes} bytes${mode === "append" || mode === "prepend" ? " added" : ""}`;
  if (reply !== "NOT_STORED") return reply;
  if (mode === "set") return `${reply}: the node refused the item`;
  return mode === "add" ? `${reply}: an item already has this key` : `${reply}: no item has this key`;
}
