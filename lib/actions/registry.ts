/** The definition of every action. */
import type { ActionKind } from "@/lib/model/actions/action";
import type { AnyActionDefinition } from "./contract";
import { cacheMemlimit } from "./kinds/cache-memlimit";
import { capabilityCheck } from "./kinds/capability-check";
import { decrKey, incrKey } from "./kinds/count-key";
import { deleteKey } from "./kinds/delete-key";
import { flushAll } from "./kinds/flush-all";
import { lruCrawlerCrawl } from "./kinds/lru-crawler-crawl";
import { resetStats } from "./kinds/reset-stats";
import { setKey } from "./kinds/set-key";
import { setVerbosity } from "./kinds/set-verbosity";
import { slabsAutomove } from "./kinds/slabs-automove";
import { slabsReassign } from "./kinds/slabs-reassign";
import { touchKey } from "./kinds/touch-key";
import { loadTest } from "./load/test";
import { deletePrefix } from "./prefix/delete";
import { markStalePrefix } from "./prefix/mark-stale";

export const ACTIONS: { readonly [Kind in ActionKind]: AnyActionDefinition<Kind> } = {
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
