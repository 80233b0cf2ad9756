/** Random tokens, and the hashes that are stored of them. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Random bytes as URL-safe text; 16 bytes give 22 characters, 32 give 43. */
export function newSecret(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}

/** SHA-256 in lower-case hexadecimal. Enough for random tokens: only passwords need a slow hash. */
export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

export function hmac(key: string, text: string): string {
  return createHmac("sha256", key).update(text, "utf8").digest("base64url");
}

/** Whether two texts are equal, in a time that does not reveal where they differ. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(a)), Buffer.from(sha256(b)));
}
