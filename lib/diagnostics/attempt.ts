import { asNamedError } from "@/lib/model/errors";

/** The result of something that was tried; `reason`, in English, when it failed. */
export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

/** Turns a named error into a reason; a defect still rejects. */
export async function attempt<T>(work: Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    const named = asNamedError(error);
    if (named === null) throw error;
    return { ok: false, reason: named.message };
  }
}
