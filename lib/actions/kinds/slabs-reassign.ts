/**
 * `slabs reassign` on one node: moves one page from a slab class to another; the items of that page that cannot move
 * are evicted. `OK` means that it has begun; `slabs_moved` tells that it is done.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { ActionDefinition, Target } from "../contract";
import { change, readGeneralStats, readGroupStats } from "./node-stats";

/** How long a page may take to be moved, in milliseconds. */
const PATIENCE_MS = 15_000;
const POLL_EVERY_MS = 200;

/** The node's words, in words. Source: memcached `doc/protocol.txt`, "Slabs Reassign". */
const WORDS: Readonly<Record<string, string>> = {
  BUSY: "another page is being moved: ask again when that is done",
  BADCLASS: "there is no such slab class on this node",
  NOSPARE: "the source class has no page to spare: it keeps one",
  NOTFULL: "the destination class still has free chunks, so it needs no page",
  UNSAFE: "the source class cannot give a page just now",
  SAME: "source and destination are the same class",
};

export const slabsReassign: ActionDefinition<"slabs_reassign"> = {
  kind: "slabs_reassign",
  capability: () => "slabs_reassign",
  deadlineMs: () => PATIENCE_MS + 15_000,
  async run(target, { from, to }, { signal }) {
    const before = await readSlabPages(target, from, to);
    const answer = await target.client.tune({ command: "slabs reassign", from, to });
    const [word = ""] = answer.split(" ");
    if (word !== "OK") {
      const detail = `${word}: ${WORDS[word] ?? "an answer that memcached's protocol does not name"}; nothing was moved`;
      return { verified: false, detail, before, after: before };
    }
    const until = performance.now() + PATIENCE_MS;
    let after = await readSlabPages(target, from, to);
    while (!moved(before, after) && performance.now() < until && !signal.aborted) {
      await sleep(POLL_EVERY_MS);
      after = await readSlabPages(target, from, to);
    }
    const told = `slabs_moved ${change(before.slabsMoved, after.slabsMoved)}`;
    const verified = moved(before, after);
    const why = after.running === 1 ? "it is still moving" : "no page was counted as moved";
    return { verified, detail: verified ? `OK; ${told}` : `OK; ${told}: ${why}`, before, after };
  },
};

interface SlabPages {
  readonly [name: string]: number | null;
  readonly slabsMoved: number | null;
  /** 1 while a page is being moved. */
  readonly running: number | null;
  /** Null: any class, or one without pages. */
  readonly fromPages: number | null;
  readonly toPages: number | null;
  readonly evictions: number | null;
}

function moved(before: SlabPages, after: SlabPages): boolean {
  return before.slabsMoved !== null && after.slabsMoved !== null && after.slabsMoved > before.slabsMoved;
}

async function readSlabPages({ client }: Target, from: number, to: number): Promise<SlabPages> {
  const general = await readGeneralStats(client);
  const slabs = await readGroupStats(client, "slabs");
  return {
    slabsMoved: general("slabs_moved"),
    running: general("slab_reassign_running"),
    fromPages: slabs(`${from}:total_pages`),
    // Class 0 is the pool of pages that no class has.
    toPages: to === 0 ? general("slab_global_page_pool") : slabs(`${to}:total_pages`),
    evictions: general("evictions"),
  };
}
