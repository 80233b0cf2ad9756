/** Bob Jenkins' one-at-a-time hash, 32 bits, unsigned. Bytes are signed, like `char` on x86. */
export function oneAtATime(key: Uint8Array): number {
  return finish(mix(0, key));
}

/** The hashes of `prefix` with each of the suffixes; hashes the prefix only once. */
export function oneAtATimeOfEach(prefix: Uint8Array, suffixes: readonly Uint8Array[]): number[] {
  const shared = mix(0, prefix);
  return suffixes.map((suffix) => finish(mix(shared, suffix)));
}

function mix(hash: number, bytes: Uint8Array): number {
  let state = hash;
  for (const byte of bytes) {
    state = (state + ((byte << 24) >> 24)) | 0;
    state = (state + (state << 10)) | 0;
    state ^= state >>> 6;
  }
  return state;
}

function finish(hash: number): number {
  let state = (hash + (hash << 3)) | 0;
  state ^= state >>> 11;
  return (state + (state << 15)) >>> 0;
}
