/** Tells whether the files that a connection has open are still those at their paths. */
import { statSync } from "node:fs";

/**
 * `logGone`: only the write-ahead log was deleted or replaced. `gone`: so was the database. `truncated`: the database
 * was cut in place; Memfleet itself never makes it smaller.
 */
export type FileChange = "none" | "logGone" | "gone" | "truncated";

interface OpenFile {
  readonly identity: string;
  readonly bytes: number;
}

export class FileIdentity {
  private readonly log: OpenFile | null;
  private database: OpenFile | null;

  /** Both files as they are now, just after they were opened. */
  constructor(private readonly path: string) {
    this.database = identify(path);
    this.log = identify(`${path}-wal`);
  }

  change(): FileChange {
    const before = this.database;
    const now = identify(this.path);
    if (now === null || now.identity !== before?.identity) return "gone";
    if (now.bytes < before.bytes) return "truncated";
    this.database = now;
    return identify(`${this.path}-wal`)?.identity === this.log?.identity ? "none" : "logGone";
  }

  /** Whether the log at the path is the one that was opened. */
  ownsLog(): boolean {
    return this.log !== null && identify(`${this.path}-wal`)?.identity === this.log.identity;
  }
}

/** Null when there is no file, or it cannot be seen. */
function identify(path: string): OpenFile | null {
  try {
    const { dev, ino, size } = statSync(path);
    return { identity: `${dev} ${ino}`, bytes: size };
  } catch {
    return null;
  }
}
