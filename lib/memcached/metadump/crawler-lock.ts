/**
 * One LRU crawler command per server at a time, whoever asks. A second one while a reader of a metadump stalls
 * blocks a worker thread of the server, and closing the stalled socket then hangs it.
 *
 * Kept on `globalThis`: the turns are of the process, however many copies of this module it has.
 */
import { ConflictError } from "@/lib/model/errors";

const KEY = Symbol.for("memfleet.crawler-turns");

interface Holder {
  operation: string;
  readonly sinceMs: number;
}

interface Locks {
  readonly holders: Map<string, Holder>;
  readonly waiting: Set<() => void>;
}

export interface CrawlerLock {
  /** Says anew what runs, for those who are refused. */
  tell(what: string): void;
  /** The node is free again. May be called again. */
  release(): void;
}

function locks(): Locks {
  const holder = globalThis as { [KEY]?: Locks };
  holder[KEY] ??= { holders: new Map(), waiting: new Set() };
  return holder[KEY];
}

/**
 * Takes the node's turn for `what` (such as `a metadump`), at once.
 * @throws ConflictError with what runs and since when
 */
export function acquireCrawlerLock(node: string, what: string): CrawlerLock {
  checkCrawlerFree(node);
  const { holders: held, waiting } = locks();
  const mine: Holder = { operation: what, sinceMs: Date.now() };
  held.set(node, mine);
  return {
    tell: (now) => {
      mine.operation = now;
    },
    release: () => {
      if (held.get(node) !== mine) return;
      held.delete(node);
      if (held.size === 0) for (const resolve of waiting) resolve();
    },
  };
}

/**
 * Whether the node's turn could be taken now.
 * @throws ConflictError with what runs and since when
 */
export function checkCrawlerFree(node: string): void {
  const running = locks().holders.get(node);
  if (running === undefined) return;
  const since = new Date(running.sinceMs).toISOString();
  throw new ConflictError(
    `${node} is busy: ${running.operation} runs since ${since}, and a node runs one crawler command at a time`,
  );
}

/** Resolves when no node runs a crawler command of ours: until then the process should not end. */
export function crawlerLocksFree(): Promise<void> {
  const { holders: held, waiting } = locks();
  if (held.size === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const once = () => {
      waiting.delete(once);
      resolve();
    };
    waiting.add(once);
  });
}
