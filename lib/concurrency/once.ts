/** Calls `work` on the first call only; every caller gets its result. */
export function once<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let result: Promise<Value> | null = null;
  return () => {
    result ??= work();
    return result;
  };
}
