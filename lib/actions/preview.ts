/** The impact of an action, from the data last collected. */

import { sumKnown } from "@/lib/metrics/ratio";
import type { ActionKind } from "@/lib/model/actions/action";
import { ACTION_INPUTS, type ActionPreview, type PreviewNode } from "@/lib/model/actions/action.schema";
import { InputError } from "@/lib/model/errors";
import type { PreviewQuery } from "@/lib/model/http/queries";
import type { Capability } from "@/lib/model/node/capability";
import { isAtLeast, parseVersion, type ServerVersion } from "@/lib/model/node/server-version";
import { confirmationOf } from "./confirmation";
import type { Target } from "./contract";
import { definitionOf } from "./input";
import { type Fleet, lackingOf, targetsOf } from "./preflight";

/** First version that removes invalid items from `curr_items` by itself, with the LRU maintainer. */
const MAINTAINED_SINCE: ServerVersion = [1, 6, 0];
/** Older versions remove an invalid item from `curr_items` only when it is fetched. */
const LAZY_BEFORE: ServerVersion = [1, 5, 0];

interface PreviewContext extends Pick<Fleet, "target" | "pool"> {
  /** Whether the node runs an LRU maintainer thread; null: not known, or its version does not report it. */
  readonly lruMaintainer: (id: string) => boolean | null;
}

/**
 * @throws InputError for no node and no pool, both, or a node named twice
 * @throws NotFoundError for what is not configured
 */
export function previewOf(fleet: PreviewContext, query: PreviewQuery): ActionPreview {
  const { kind, prefix, dryRun } = query;
  if ((query.node === undefined) === (query.pool === undefined)) {
    throw new InputError([{ field: "node", found: "neither or both", allowed: "either node or pool" }]);
  }
  const targets = targetsOf(fleet, { nodes: query.node, pool: query.pool });
  const capability = capabilityOf(kind, prefix);
  const nodes = targets.map((target) => previewNode(fleet, target, capability));
  return {
    kind,
    confirm: confirmationOf(
      kind,
      targets.map(({ id, view }) => ({ id, pool: view.pool })),
      { prefix, dryRun },
    ),
    production: targets.some(({ view }) => view.labels.env === "production"),
    nodes,
    flushEnabled: allTrue(nodes.map((node) => node.flushEnabled)),
    items: sumKnown(nodes.map((node) => node.items)),
    bytes: sumKnown(nodes.map((node) => node.bytes)),
    hitsPerSecond: sumKnown(nodes.map((node) => node.hitsPerSecond)),
  };
}

/** The capability that a kind needs; null: none, or it depends on input that a preview does not have. */
function capabilityOf(kind: ActionKind, prefix: string | undefined): Capability | null {
  const parsed = ACTION_INPUTS[kind].safeParse(prefix === undefined ? {} : { prefix });
  return parsed.success ? definitionOf(kind).capability(parsed.data) : null;
}

function previewNode(fleet: PreviewContext, target: Target, capability: Capability | null): PreviewNode {
  const { view } = target;
  const { hitRatio, getsPerSecond } = view;
  const flush = lackingOf(target, "flush_all");
  return {
    node: target.id,
    pool: view.pool,
    status: view.status,
    version: view.version,
    atMs: view.atMs,
    items: view.currItems,
    bytes: view.bytes,
    hitsPerSecond: hitRatio === null || getsPerSecond === null ? null : hitRatio * getsPerSecond,
    flushEnabled: flush === null ? true : flush === "disabledBySetting" ? false : null,
    itemsAfterwards: itemsAfterwards(view.version, fleet.lruMaintainer(target.id)),
    pendingFlushMs: view.pendingFlushMs,
    lacking: capability === null ? null : lackingOf(target, capability),
  };
}

/** What `curr_items` does after `flush_all`, as observed on servers of that version. */
export function itemsAfterwards(
  version: string | null,
  lruMaintainer: boolean | null,
): PreviewNode["itemsAfterwards"] {
  const parsed = parseVersion(version);
  if (parsed === null) return "unknown";
  if (!isAtLeast(parsed, LAZY_BEFORE) || lruMaintainer === false) return "fallWhenFetched";
  return isAtLeast(parsed, MAINTAINED_SINCE) && lruMaintainer ? "fallWithinSeconds" : "unknown";
}

/** True when all are; null when that is not known of every one. */
function allTrue(values: readonly (boolean | null)[]): boolean | null {
  if (values.includes(false)) return false;
  return values.includes(null) ? null : true;
}
