/** Bob Jenkins' one-at-a-time hash, 32 bits, unsigned. Bytes have a sign here, as `char` has on x86. */
export function oneAtATime(key: Uint8Array): number {
  return finished(mixed(0, key));
}

/** The hash of `beginning` and each of the ends, in which the beginning's share is reckoned once. */
export function oneAtATimeOfEach(beginning: Uint8Array, ends: readonly Uint8Array[]): number[] {
  const shared = mixed(0, beginning);
  return ends.map((end) => finished(mixed(shared, end)));
}

function mixed(hash: number, bytes: Uint8Array): number {
  let state = hash;
  for (const byte of bytes) {
    state = (state + ((byte << 24) >> 24)) | 0;
    state = (state + (state << 10)) | 0;
    state ^= state >>> 6;
  }
  return state;
}

function finished(hash: number): number {
  let state = (hash + (hash << 3)) | 0;
  state ^= state >>> 11;
  return (state + (state << 15)) >>> 0;
}
