/** The form that stores a key, and the input it sends. Pure. */

import { ACTION_LIMITS, type KeyEncoding, type SetMode } from "@/lib/model/actions/action";
import type { ActionInput } from "@/lib/model/actions/action.schema";
import type { KeyItem } from "@/lib/model/node/keys.schema";

export interface SetDraft {
  readonly key: string;
  readonly keyEncoding: KeyEncoding;
  readonly mode: SetMode;
  /** As typed. */
  readonly flags: string;
  /** As typed; seconds, 0 for never. */
  readonly exptime: string;
  readonly value: string;
  /** Bytes of a file, in base64; wins over `value`. */
  readonly file: { readonly name: string; readonly size: number; readonly base64: string } | null;
}

/** A new key, or the open item with its flags, its time to live, and its value when that is text. */
export function draftOf(item: KeyItem | null): SetDraft {
  const ttl = item?.ttlSeconds ?? null;
  const complete = item !== null && item.encoding === "utf8" && !item.truncated;
  return {
    key: item?.key ?? "",
    keyEncoding: item?.keyEncoding ?? "utf8",
    mode: "set",
    flags: String(item?.flags ?? 0),
    exptime: String(ttl === null || ttl < 0 ? 0 : ttl),
    value: complete ? (item.value ?? "") : "",
    file: null,
  };
}

export type SetProblem = "key" | "flags" | "exptime" | "tooLarge";

export function draftProblems(draft: SetDraft): readonly SetProblem[] {
  const problems: SetProblem[] = [];
  if (draft.key === "") problems.push("key");
  if (!/^\d{1,10}$/.test(draft.flags.trim()) || Number(draft.flags) > 4_294_967_295) problems.push("flags");
  if (!/^(-1|\d{1,10})$/.test(draft.exptime.trim())) problems.push("exptime");
  const size = draft.file?.size ?? new TextEncoder().encode(draft.value).length;
  if (size > ACTION_LIMITS.valueBytes) problems.push("tooLarge");
  return problems;
}

/** Call only when `draftProblems` is empty. */
export function setInput(node: string, draft: SetDraft): ActionInput {
  const { key, keyEncoding, mode, flags, exptime, value, file } = draft;
  const content = file === null ? { value, encoding: "utf8" } : { value: file.base64, encoding: "base64" };
  const input = { key, keyEncoding, mode, flags: Number(flags), exptime: Number(exptime), ...content };
  return { kind: "set_key", nodes: [node], input };
}
