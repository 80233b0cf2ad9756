/** Every action. */
import type { ActionKind } from "@/lib/model/actions/action";
import { cacheMemlimit } from "./cache-memlimit";
import { capabilityCheck } from "./capability-check";
import type { ActionDefinition } from "./contract";
import { decrKey, incrKey } from "./count-key";
import { deleteKey } from "./delete-key";
import { deletePrefix } from "./delete-prefix";
import { flushAll } from "./flush-all";
import { loadTest } from "./load-test";
import { lruCrawlerCrawl } from "./lru-crawler-crawl";
import { markStalePrefix } from "./mark-stale-prefix";
import { resetStats } from "./reset-stats";
import { setKey } from "./set-key";
import { setVerbosity } from "./set-verbosity";
import { slabsAutomove } from "./slabs-automove";
import { slabsReassign } from "./slabs-reassign";
import { touchKey } from "./touch-key";

export const ACTIONS: { readonly [Kind in ActionKind]: ActionDefinition<Kind> } = {
  flush_all: flushAll,
  set_key: setKey,
  delete_key: deleteKey,
  touch_key: touchKey,
  incr_key: incrKey,
  decr_key: decrKey,
  delete_prefix: deletePrefix,
  mark_stale_prefix: markStalePrefix,
  reset_stats: resetStats,
  set_verbosity: setVerbosity,
  cache_memlimit: cacheMemlimit,
  slabs_automove: slabsAutomove,
  slabs_reassign: slabsReassign,
  lru_crawler_crawl: lruCrawlerCrawl,
  load_test: loadTest,
  capability_check: capabilityCheck,
};
