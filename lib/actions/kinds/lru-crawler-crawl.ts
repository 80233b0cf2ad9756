/** Lets the LRU crawler free at once what has expired, and tells what it looked at. */
import { setTimeout as sleep } from "node:timers/promises";
import { checkCrawlerFree } from "@/lib/memcached/metadump/crawler-lock";
import type { Figures } from "@/lib/model/actions/action.schema";
import type { ActionDefinition, RunContext, Target } from "../contract";
import { change, readGeneralStats, type StatName } from "./node-stats";

/** How often, and for how long at most, it is asked whether the crawler still runs, in milliseconds. */
const ASK_MS = 250;
const CRAWL_MS = 120_000;

export const lruCrawlerCrawl: ActionDefinition<"lru_crawler_crawl"> = {
  kind: "lru_crawler_crawl",
  capability: () => "lru_crawler",
  admit: async ({ id }) => checkCrawlerFree(id),
  deadlineMs: () => CRAWL_MS + 30_000,
  async run(target, { classes }, context) {
    const first = await readGeneralStats(target.client);
    await target.client.crawl(classes);
    const { last, running } = await crawled(target, context);
    const before = figures(first, context);
    const after = figures(last, context);
    const started = (last("lru_crawler_starts") ?? 0) > (first("lru_crawler_starts") ?? 0);
    const counted = `lru_crawler_starts ${change(first("lru_crawler_starts"), last("lru_crawler_starts"))}`;
    const going = running ? "; it still runs" : "";
    return { verified: started, detail: `OK; ${counted}${going}`, before, after };
  },
};

/** Waits until the crawler rests. */
async function crawled(
  { client }: Target,
  context: RunContext,
): Promise<{ readonly last: StatName; readonly running: boolean }> {
  const until = performance.now() + CRAWL_MS;
  for (;;) {
    const last = await readGeneralStats(client);
    const running = last("lru_crawler_running") === 1;
    if (!running || context.signal.aborted || performance.now() > until) return { last, running };
    context.progress(figures(last, context));
    await sleep(ASK_MS);
  }
}

function figures(figure: StatName, { nowMs }: RunContext): Figures {
  return {
    atMs: nowMs(),
    currItems: figure("curr_items"),
    crawlerItemsChecked: figure("crawler_items_checked"),
    crawlerReclaimed: figure("crawler_reclaimed"),
  };
}
