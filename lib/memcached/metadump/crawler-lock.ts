/**
 * One LRU crawler command per server at a time, whoever asks. A second one while a reader of a metadump stalls
 * blocks a worker thread of the server, and closing the stalled socket then hangs it.
 *
 * Kept on `globalThis`: the turns are of the process, however many copies of this module it has.
 */
import { ConflictError } from "@/lib/model/errors";

const KEY = Symbol.for("memfleet.crawler-turns");

interface Held {
  what: string;
  readonly sinceMs: number;
}

interface Turns {
  readonly held: Map<string, Held>;
  readonly waiting: Set<() => void>;
}

export interface CrawlerTurn {
  /** Says anew what runs, for those who are refused. */
  tell(what: string): void;
  /** The node is free again. May be called again. */
  release(): void;
}

function turns(): Turns {
  const holder = globalThis as { [KEY]?: Turns };
  holder[KEY] ??= { held: new Map(), waiting: new Set() };
  return holder[KEY];
}

/**
 * Takes the node's turn for `what` (such as `a metadump`), at once.
 * @throws ConflictError with what runs and since when
 */
export function takeCrawlerTurn(node: string, what: string): CrawlerTurn {
  checkCrawlerTurn(node);
  const { held, waiting } = turns();
  const mine: Held = { what, sinceMs: Date.now() };
  held.set(node, mine);
  return {
    tell: (now) => {
      mine.what = now;
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
export function checkCrawlerTurn(node: string): void {
  const running = turns().held.get(node);
  if (running === undefined) return;
  const since = new Date(running.sinceMs).toISOString();
  throw new ConflictError(
    `${node} is busy: ${running.what} runs since ${since}, and a node runs one crawler command at a time`,
  );
}

/** Resolves when no node runs a crawler command of ours: until then the process should not end. */
export function crawlerTurnsFree(): Promise<void> {
  const { held, waiting } = turns();
  if (held.size === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const once = () => {
      waiting.delete(once);
      resolve();
    };
    waiting.add(once);
  });
}
