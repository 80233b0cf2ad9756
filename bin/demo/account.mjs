import { spawnSync } from "node:child_process";

/** Accounts that memcached may be run as, the one that Debian's package makes first. */
const CANDIDATES = ["memcache", "memcached", "nobody"];

/**
 * memcached refuses to run as root without an account to switch to. Null when we are not root.
 * @returns {{name: string, uid: number, gid: number} | null}
 */
export function memcachedAccount() {
  if (process.getuid?.() !== 0) return null;
  for (const name of CANDIDATES) {
    const [uid, gid] = ["-u", "-g"].map((flag) => {
      const { status, stdout } = spawnSync("id", [flag, name], { encoding: "utf8" });
      return status === 0 ? Number(stdout) : null;
    });
    if (uid !== null && gid !== null) return { name, uid, gid };
  }
  return null;
}
