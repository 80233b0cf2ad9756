/** Who sent a node's flushes, as Memfleet remembers it across its own restarts. */
import type { FlushAttribution } from "./node.schema";

export interface AttributedFlushes {
  /** Who sent the flush_all that the node received last. */
  readonly latest: FlushAttribution | null;
  /** Who sent the one that took effect last: a different one while the latest is pending. */
  readonly effective: FlushAttribution | null;
}

/** Valid only for the server process that started at `startedSeconds` and while it counts `cmdFlush` flushes. */
export interface RememberedFlushes {
  readonly startedSeconds: number;
  readonly cmdFlush: number;
  readonly origins: AttributedFlushes;
}
