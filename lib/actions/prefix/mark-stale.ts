/**
 * Marks every item whose key begins with a prefix as stale: clients that use the meta commands still get it, and one
 * of them wins the right to store it again while the others need not wait. Source: memcached `doc/protocol.txt`, "Meta Delete".
 */
import { keyBytes } from "@/lib/memcached/key-bytes";
import { checkCrawlerFree } from "@/lib/memcached/metadump/crawler-lock";
import type { ActionDefinition } from "../contract";
import { PREFIX_DEADLINE_MS, runPrefix } from "./run";

export const markStalePrefix: ActionDefinition<"mark_stale_prefix"> = {
  kind: "mark_stale_prefix",
  capability: ({ dryRun }) => (dryRun ? "metadump" : "mark_stale"),
  check: ({ prefix, keyEncoding }) => void keyBytes(prefix, keyEncoding, "prefix"),
  admit: async ({ id }) => checkCrawlerFree(id),
  deadlineMs: () => PREFIX_DEADLINE_MS,
  run: (target, { prefix, keyEncoding, dryRun, perSecond, exptime }, context) =>
    runPrefix(
      target,
      {
        prefix: keyBytes(prefix, keyEncoding, "prefix"),
        removal: { kind: "stale", exptime: exptime ?? null },
        dryRun,
        perSecond,
      },
      context,
    ),
};
