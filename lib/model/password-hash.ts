/**
 * How a password hash is written: `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`, base64 without padding, where `ln` is the
 * binary logarithm of scrypt's N (RFC 7914). Memory is 128 · N · r bytes, time grows with p.
 */
export interface PasswordHash {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
  readonly salt: string;
  readonly hash: string;
}

/** Costs that are accepted: from 16 MiB to 256 MiB of memory for one guess. */
const SCRYPT_LIMITS = { ln: [14, 18], r: [8, 8], p: [1, 8] } as const;

const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22,86})\$([A-Za-z0-9+/]{43})$/;

/** The parts of a password hash; null for anything else, costs out of bounds included. */
export function parsePasswordHash(text: string): PasswordHash | null {
  const [, ln, r, p, salt = "", hash = ""] = FORM.exec(text) ?? [];
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  const within = (["ln", "r", "p"] as const).every((name) => {
    const [least, most] = SCRYPT_LIMITS[name];
    return cost[name] >= least && cost[name] <= most;
  });
  return within ? { ...cost, salt, hash } : null;
}

export function formatPasswordHash({ ln, r, p, salt, hash }: PasswordHash): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${salt}$${hash}`;
}
