/**
 * `slabs reassign` on one node: moves one page from a slab class to another; the items of that page that cannot move
 * are evicted. `OK` means that it has begun; a rise of `slabs_moved` that it is done.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { ActionDefinition, Target } from "../contract";
import { change, readGeneralStats, readGroupStats } from "./node-stats";

/** How long moving a page may take, in milliseconds. */
const MOVE_MS = 15_000;
const POLL_EVERY_MS = 200;

/** What the node's refusals mean. Source: memcached `doc/protocol.txt`, "Slabs Reassign". */
const MEANINGS: Readonly<Record<string, string>> = {
  BUSY: "another page is being moved; try again when that is done",
  BADCLASS: "this node has no such slab class",
  NOSPARE: "the source class has no spare page (one must remain)",
  NOTFULL: "the destination class still has free chunks",
  UNSAFE: "the source class cannot release a page now",
  SAME: "source and destination are the same class",
};

/** Asked for a page of any class (-1), a server answers `BADCLASS` also when no class has one to spare. */
function meaningOf(code: string, from: number): string {
  if (code === "BADCLASS" && from === -1)
    return "no slab class has a page to spare, or the destination does not exist";
  return MEANINGS[code] ?? "unexpected response";
}

export const slabsReassign: ActionDefinition<"slabs_reassign"> = {
  kind: "slabs_reassign",
  capability: () => "slabs_reassign",
  deadlineMs: () => MOVE_MS + 15_000,
  async run(target, { from, to }, { signal }) {
    const before = await readSlabPages(target, from, to);
    const reply = await target.client.tune({ command: "slabs reassign", from, to });
    const [code = ""] = reply.split(" ");
    if (code !== "OK") {
      const detail = `${code}: ${meaningOf(code, from)}; nothing was moved`;
      return { verified: false, detail, before, after: before };
    }
    const until = performance.now() + MOVE_MS;
    let after = await readSlabPages(target, from, to);
    while (!moved(before, after) && performance.now() < until && !signal.aborted) {
      await sleep(POLL_EVERY_MS);
      after = await readSlabPages(target, from, to);
    }
    const counted = `OK; slabs_moved ${change(before.slabsMoved, after.slabsMoved)}`;
    const verified = moved(before, after);
    const problem = after.running === 1 ? "the page is still being moved" : "no page was moved";
    return { verified, detail: verified ? counted : `${counted}: ${problem}`, before, after };
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
    // Class 0 is the global page pool, which no class owns.
    toPages: to === 0 ? general("slab_global_page_pool") : slabs(`${to}:total_pages`),
    evictions: general("evictions"),
  };
}
