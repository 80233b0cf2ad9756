/**
 * A pending sign-in with the provider: sealed in the browser's own cookie, so that nobody can push out the sign-ins of
 * others by starting many. AES-256-GCM under a key that lives as long as the process; each start has a new nonce.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

export interface PendingSignIn {
  readonly state: string;
  readonly verifier: string;
  readonly nonce: string;
  readonly next: string;
  readonly untilMs: number;
}

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Longer than any sealed sign-in: nothing else is worth decrypting. */
const LONGEST = 4_096;

export class PendingSeal {
  private readonly key = randomBytes(32);

  /** Letters, digits, `-` and `_`. */
  seal(pending: PendingSignIn): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.key, iv);
    const sealed = Buffer.concat([cipher.update(JSON.stringify(pending), "utf8"), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64url");
  }

  /** Null for anything that this process has not sealed. */
  open(text: string): PendingSignIn | null {
    if (text.length > LONGEST || !/^[\w-]+$/.test(text)) return null;
    const bytes = Buffer.from(text, "base64url");
    if (bytes.length <= IV_BYTES + TAG_BYTES) return null;
    const decipher = createDecipheriv(CIPHER, this.key, bytes.subarray(0, IV_BYTES));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    try {
      const plain = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      return JSON.parse(plain.toString("utf8")) as PendingSignIn;
    } catch {
      return null;
    }
  }
}
