/** Password hashes: scrypt (RFC 7914), a random salt of 128 bits each. */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { Semaphore } from "@/lib/concurrency/semaphore";
import { TooManyError } from "@/lib/model/errors";
import { formatPasswordHash, type PasswordHash, parsePasswordHash } from "@/lib/model/password-hash";

/**
 * The cost of new hashes, from OWASP's Password Storage Cheat Sheet for scrypt: N = 2^15, r = 8, p = 3. It takes
 * 32 MiB and a few tenths of a second.
 */
export const COST = { ln: 15, r: 8, p: 3 } as const;

const HASH_BYTES = 32;
/** Two checks at a time, for each takes its memory and a thread. The next ones wait, up to a limit. */
const CHECKS = new Semaphore(2);
const WAITING_LIMIT = 64;

/** A new hash of a password. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, COST);
  return formatPasswordHash({ ...COST, salt: unpadded(salt), hash: unpadded(hash) });
}

/** A hash that no password has, at the cost of `like`: checking against it takes as long as a real check. */
export function impossibleHash(like: string | undefined): PasswordHash {
  const { ln, r, p } = (like === undefined ? null : parsePasswordHash(like)) ?? { ...COST };
  return { ln, r, p, salt: "A".repeat(22), hash: "A".repeat(43) };
}

/**
 * Whether `password` matches. Takes the same time either way.
 * @throws TooManyError when too many checks are waiting
 */
export async function isPassword(hash: PasswordHash, password: string): Promise<boolean> {
  if (CHECKS.waiting >= WAITING_LIMIT) throw new TooManyError("too many sign-ins at once", 5);
  const derived = await CHECKS.run(() => derive(password, Buffer.from(hash.salt, "base64"), hash));
  return timingSafeEqual(derived, Buffer.from(hash.hash, "base64"));
}

function derive(password: string, salt: Buffer, cost: { ln: number; r: number; p: number }): Promise<Buffer> {
  const N = 2 ** cost.ln;
  const options = { N, r: cost.r, p: cost.p, maxmem: 256 * N * cost.r };
  return new Promise((resolve, reject) => {
    // Composed and decomposed forms of the same letters are the same password.
    scrypt(password.normalize("NFC"), salt, HASH_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}
