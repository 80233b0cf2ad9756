/** What share links are filled from: the collector's view and the history. Nothing here can reach a node. */
import "server-only";
import { chartMetrics, redactedStatus, type ShareInput } from "@/lib/access/share-redaction";
import type { ShareSource } from "@/lib/access/shares";
import type { Configuration } from "@/lib/config/contract";
import { NotFoundError } from "@/lib/model/errors";
import type { SeriesQuery } from "@/lib/model/http/queries";
import type { Node } from "@/lib/model/node/node.schema";
import type { Series } from "@/lib/model/series.schema";
import { SHARE_LIMITS } from "@/lib/model/share";

interface CollectedFleet {
  readonly configuration: Configuration;
  node(id: string): Node | null;
  series(query: SeriesQuery): Promise<Series>;
}

const POINTS = 240;

export function createShareSource(fleet: CollectedFleet): ShareSource {
  const poolNodes = (pool: string) =>
    fleet.configuration.nodes.filter((node) => node.pool === pool).map((node) => node.id);
  return {
    poolNodes(pool) {
      const known = fleet.configuration.pools.some(({ name }) => name === pool);
      if (!known) throw new NotFoundError(`no pool named ${pool} is configured`);
      return poolNodes(pool);
    },
    hasNode: (id) => fleet.node(id) !== null,
    async status(settings, expiresMs) {
      const nowMs = Date.now();
      const ids = settings.pool === null ? settings.nodes : poolNodes(settings.pool);
      const nodes = ids.map((id) => ({ id, node: fleet.node(id) }));
      const known = nodes.filter(({ node }) => node !== null).map(({ id }) => id);
      const metric = chartMetrics(settings.fields);
      const charted = metric.length > 0;
      const wanted = charted || settings.fields.includes("markers");
      const collected: ShareInput = { nodes, series: null, markers: [], nowMs };
      if (!wanted || known.length === 0) return redactedStatus(settings, collected, expiresMs);
      const series = await fleet.series({
        metric: charted ? metric : ["hit_ratio"],
        node: known,
        from: String(nowMs - settings.windowMs),
        to: String(nowMs),
        points: POINTS,
        aggregate: known.length > SHARE_LIMITS.lines ? "fleet" : "none",
      });
      const shown: ShareInput = { ...collected, series: charted ? series : null, markers: series.markers };
      return redactedStatus(settings, shown, expiresMs);
    },
  };
}
