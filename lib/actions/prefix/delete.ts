/** Deletes every item whose key begins with a prefix. */
import { keyBytes } from "@/lib/memcached/key-bytes";
import { checkCrawlerFree } from "@/lib/memcached/metadump/crawler-lock";
import type { ActionDefinition } from "../contract";
import { PREFIX_DEADLINE_MS, runPrefix } from "./run";

export const deletePrefix: ActionDefinition<"delete_prefix"> = {
  kind: "delete_prefix",
  capability: () => "metadump",
  check: ({ prefix, keyEncoding }) => void keyBytes(prefix, keyEncoding, "prefix"),
  admit: async ({ id }) => checkCrawlerFree(id),
  deadlineMs: () => PREFIX_DEADLINE_MS,
  run: (target, { prefix, keyEncoding, dryRun, perSecond }, context) =>
    runPrefix(
      target,
      {
        prefix: keyBytes(prefix, keyEncoding, "prefix"),
        removal: { kind: "delete" },
        dryRun,
        perSecond,
      },
      context,
    ),
};
