/** The open file of a store after it was deleted, moved, replaced or cut at its path. */
import { existsSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { type Connection, dropConnection } from "./database";
import type { StoreIncident } from "./incident";
import { ensurePrivateDirectory } from "./private-files";
import { salvage, setAside, setAsidePath, setLogAside } from "./set-aside";

/** Nothing is written for so long, in milliseconds: somebody may be about to put another file there. */
const SETTLE_MS = 5_000;

interface Cause {
  /** The log at the path is that of the open file. */
  readonly ownsLog: boolean;
  /** The file is still there, but was cut. */
  readonly truncated: boolean;
}

export class DetachedFile {
  readonly problem: string;
  private readonly untilMs = performance.now() + SETTLE_MS;
  /** Where a file that was cut is now. */
  private readonly aside: string | null;
  private readonly ownsLog: boolean;

  constructor(
    private readonly connection: Connection,
    private readonly path: string,
    { ownsLog, truncated }: Cause,
  ) {
    this.aside = truncated ? setAside(path, Date.now()) : null;
    this.ownsLog = ownsLog && !truncated;
    this.problem = `${path} was deleted or changed while Memfleet was running. Nothing is written until it is restored, in a few seconds.`;
  }

  get settled(): boolean {
    return performance.now() >= this.untilMs;
  }

  /**
   * Puts the contents of the open file back at the path; if another file is there by now, beside it. Afterwards the
   * path can be opened.
   */
  restore(file: string, nowMs: number): StoreIncident {
    const { path } = this;
    ensurePrivateDirectory(dirname(path));
    const replaced = existsSync(path);
    const copy = setAsidePath(path, "replaced", nowMs);
    const kept = salvage(this.connection, copy);
    dropConnection(this.connection);
    // A log is of no use without its database, and would damage another one.
    if (this.ownsLog && kept) rmSync(`${path}-wal`, { force: true });
    else if (this.ownsLog || !replaced) setLogAside(path, nowMs);
    if (kept && !replaced) renameSync(copy, path);
    return this.incident(file, nowMs, replaced, kept, kept && replaced ? copy : this.aside);
  }

  private incident(
    file: string,
    atMs: number,
    replaced: boolean,
    kept: boolean,
    setAside: string | null,
  ): StoreIncident {
    const { path } = this;
    const common = { file, setAside, atMs };
    if (replaced) {
      const contents = kept ? `Its contents were written to ${setAside}.` : "Its contents are lost.";
      const detail = `${path} was replaced by another file while Memfleet was running. ${contents} The other file is now in use.`;
      return { kind: "replaced", ...common, detail };
    }
    const result = kept ? "It was written again with all its contents." : "A new file was started.";
    if (this.aside === null) {
      const lost = kept ? "" : " Its contents are lost.";
      const detail = `${path} was deleted or moved while Memfleet was running.${lost} ${result}`;
      return { kind: "deleted", ...common, detail };
    }
    const detail = `${path} was cut while Memfleet was running. It was moved to ${setAside}. ${result}`;
    return { kind: "damaged", ...common, detail };
  }
}
