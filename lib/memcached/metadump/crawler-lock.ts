/**
 * One LRU crawler command per server at a time. A second one while the reader of a metadump stalls blocks a worker thread
 * of the server, and closing the stalled socket then hangs it.
 *
 * The locks are on `globalThis`, because they belong to the process, which can load this module more than once.
 */
import { ConflictError } from "@/lib/model/errors";

const KEY = Symbol.for("memfleet.crawler-locks");

interface Holder {
  operation: string;
  readonly sinceMs: number;
}

/** Other nodes that lead to the same server process. */
type SameServer = (node: string) => readonly string[];

interface Locks {
  sameServer: SameServer;
  readonly holders: Map<string, Holder>;
  readonly waiting: Set<() => void>;
}

export interface CrawlerLock {
  /** Changes the description of the operation, for those who are refused. */
  describe(operation: string): void;
  /** Releases the lock. Can be called again. */
  release(): void;
}

function locks(): Locks {
  const shared = globalThis as { [KEY]?: Locks };
  shared[KEY] ??= { sameServer: () => [], holders: new Map(), waiting: new Set() };
  return shared[KEY];
}

/**
 * Takes the lock of a node for an operation (such as `a metadump`), without waiting.
 * @throws ConflictError with the running operation and its start
 */
export function acquireCrawlerLock(node: string, operation: string): CrawlerLock {
  checkCrawlerFree(node);
  const { holders, waiting } = locks();
  const holder: Holder = { operation, sinceMs: Date.now() };
  holders.set(node, holder);
  return {
    describe: (description) => {
      holder.operation = description;
    },
    release: () => {
      if (holders.get(node) !== holder) return;
      holders.delete(node);
      if (holders.size === 0) for (const resolve of waiting) resolve();
    },
  };
}

/** Nodes of one server process have one lock. */
export function shareCrawlerLocks(sameServer: SameServer): void {
  locks().sameServer = sameServer;
}

/** @throws ConflictError if the lock of the node's server is taken, with the running operation and its start */
export function checkCrawlerFree(node: string): void {
  const { holders, sameServer } = locks();
  const holder = [node, ...sameServer(node)].find((one) => holders.has(one)) ?? node;
  const running = holders.get(holder);
  if (running === undefined) return;
  const since = new Date(running.sinceMs).toISOString();
  throw new ConflictError(
    `${node} is busy: ${running.operation} has been running since ${since}, and a node runs one crawler command at a time`,
  );
}

/** Resolves when this process holds no lock. Until then it should not exit. */
export function crawlerLocksFree(): Promise<void> {
  const { holders, waiting } = locks();
  if (holders.size === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const once = () => {
      waiting.delete(once);
      resolve();
    };
    waiting.add(once);
  });
}
