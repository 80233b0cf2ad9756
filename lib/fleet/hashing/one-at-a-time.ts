/** Bob Jenkins' one-at-a-time hash, 32 bits, unsigned. Bytes have a sign here, as `char` has on x86. */
export function oneAtATime(key: Uint8Array): number {
  let hash = 0;
  for (const byte of new Int8Array(key.buffer, key.byteOffset, key.length)) {
    hash = (hash + byte) | 0;
    hash = (hash + (hash << 10)) | 0;
    hash ^= hash >>> 6;
  }
  hash = (hash + (hash << 3)) | 0;
  hash ^= hash >>> 11;
  return (hash + (hash << 15)) >>> 0;
}
