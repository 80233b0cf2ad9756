/** What share links show: data of the collector and the history. Nothing here can reach a node. */
import "server-only";
import { chartMetrics, redactedStatus, type UnredactedShare } from "@/lib/access/share-redaction";
import type { ShareSource } from "@/lib/access/shares";
import type { Configuration } from "@/lib/config/contract";
import type { SeriesQuery } from "@/lib/model/http/queries";
import type { Node } from "@/lib/model/node/node.schema";
import { SERIES_LIMITS } from "@/lib/model/series";
import type { Series } from "@/lib/model/series.schema";
import { SHARE_LIMITS } from "@/lib/model/share";
import type { FleetDirectory } from "./fleet-directory";

interface CollectedFleet {
  readonly configuration: Configuration;
  readonly directory: Pick<FleetDirectory, "node" | "members">;
  node(id: string): Node | null;
  series(query: SeriesQuery): Promise<Series>;
}

export function createShareSource(fleet: CollectedFleet): ShareSource {
  return {
    poolNodes: (pool) => fleet.directory.members(pool).map(({ id }) => id),
    checkNode: (id) => void fleet.directory.node(id),
    async status(settings, expiresMs) {
      const nowMs = Date.now();
      const nodes = nodeIds(fleet, settings).map((id) => ({ id, node: fleet.node(id) }));
      const configured = nodes.filter(({ node }) => node !== null).map(({ id }) => id);
      const metric = chartMetrics(settings.fields);
      const charted = metric.length > 0;
      const needsSeries = charted || settings.fields.includes("markers");
      const collected: UnredactedShare = { nodes, series: null, markers: [], nowMs };
      if (!needsSeries || configured.length === 0) return redactedStatus(settings, collected, expiresMs);
      const series = await fleet.series({
        metric: charted ? metric : ["hit_ratio"],
        node: configured,
        from: String(nowMs - settings.windowMs),
        to: String(nowMs),
        points: SERIES_LIMITS.usualPoints,
        aggregate: configured.length > SHARE_LIMITS.lines ? "fleet" : "none",
      });
      const shown: UnredactedShare = {
        ...collected,
        series: charted ? series : null,
        markers: series.markers,
      };
      return redactedStatus(settings, shown, expiresMs);
    },
  };
}

/** None for a pool that is no longer configured: its link still opens. */
function nodeIds(
  { configuration }: CollectedFleet,
  { pool, nodes }: { readonly pool: string | null; readonly nodes: readonly string[] },
): readonly string[] {
  return pool === null ? nodes : configuration.nodes.filter((node) => node.pool === pool).map(({ id }) => id);
}
