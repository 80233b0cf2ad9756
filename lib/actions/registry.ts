/** Every action. */
import type { ActionKind } from "@/lib/model/action-kinds";
import { cacheMemlimit } from "./cache-memlimit";
import { capabilityCheck } from "./capability-check";
import type { ActionDefinition } from "./contract";
import { flushAll } from "./flush-all";
import { loadTest } from "./load-test";
import { resetStats } from "./reset-stats";
import { setVerbosity } from "./set-verbosity";
import { slabsAutomove } from "./slabs-automove";
import { slabsReassign } from "./slabs-reassign";

export const ACTIONS: { readonly [Kind in ActionKind]?: ActionDefinition<Kind> } = {
  flush_all: flushAll,
  reset_stats: resetStats,
  set_verbosity: setVerbosity,
  cache_memlimit: cacheMemlimit,
  slabs_automove: slabsAutomove,
  slabs_reassign: slabsReassign,
  load_test: loadTest,
  capability_check: capabilityCheck,
};
