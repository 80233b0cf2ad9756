/** Runs the LRU crawler, which frees expired items at once, and reports what it checked. */
import { setTimeout as sleep } from "node:timers/promises";
import { checkCrawlerFree } from "@/lib/memcached/metadump/crawler-lock";
import type { Measurements } from "@/lib/model/actions/action.schema";
import type { ActionDefinition, RunContext, Target } from "../contract";
import { change, readGeneralStats, type StatName } from "./node-stats";

/** How often the crawler is polled while it runs, and for how long at most, in milliseconds. */
const POLL_EVERY_MS = 250;
const CRAWL_MS = 120_000;

export const lruCrawlerCrawl: ActionDefinition<"lru_crawler_crawl"> = {
  kind: "lru_crawler_crawl",
  capability: () => "lru_crawler",
  admit: async ({ id }) => checkCrawlerFree(id),
  deadlineMs: () => CRAWL_MS + 30_000,
  async run(target, { classes }, context) {
    const first = await readGeneralStats(target.client);
    const started = await target.client.crawl(classes);
    if (started === "nothingToCrawl") {
      const unchanged = measurementsOf(first, context);
      const detail = "NOTSTARTED: these slab classes have no items to crawl";
      return { verified: true, detail, before: unchanged, after: unchanged };
    }
    const { last, running } = await waitUntilIdle(target, context);
    const before = measurementsOf(first, context);
    const after = measurementsOf(last, context);
    const [from, to] = [first("lru_crawler_starts"), last("lru_crawler_starts")];
    const detail = `OK; lru_crawler_starts ${change(from, to)}${running ? "; still running" : ""}`;
    return { verified: (to ?? 0) > (from ?? 0), detail, before, after };
  },
};

async function waitUntilIdle(
  { client }: Target,
  context: RunContext,
): Promise<{ readonly last: StatName; readonly running: boolean }> {
  const until = performance.now() + CRAWL_MS;
  for (;;) {
    const last = await readGeneralStats(client);
    const running = last("lru_crawler_running") === 1;
    if (!running || context.signal.aborted || performance.now() > until) return { last, running };
    context.progress(measurementsOf(last, context));
    await sleep(POLL_EVERY_MS);
  }
}

function measurementsOf(stat: StatName, { nowMs }: RunContext): Measurements {
  return {
    atMs: nowMs(),
    currItems: stat("curr_items"),
    crawlerItemsChecked: stat("crawler_items_checked"),
    crawlerReclaimed: stat("crawler_reclaimed"),
  };
}
