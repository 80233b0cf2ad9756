"use client";
import { memo } from "react";
import { useTranslations } from "use-intl";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Sparkline } from "@/components/ui/sparkline";
import { causeOf } from "@/components/ui/status/health-cause";
import { Meter } from "@/components/ui/status/meter";
import { StatusTag } from "@/components/ui/status/status-tag";
import { Td } from "@/components/ui/table";
import { nodePath, ViewLink } from "@/components/ui/view-link";
import { ratio } from "@/lib/metrics/ratio";
import type { Node } from "@/lib/model/node/node.schema";
import { PeerShardTag } from "../peer-shard-tag";
import { SharedProcessTag } from "../shared-process-tag";

/** The pool, and for a node that is not in order: why. */
function RowSubject({ node, showPool }: { readonly node: Node; readonly showPool: boolean }) {
  const t = useTranslations("status");
  const cause = causeOf(node);
  const noStats = node.status === "up" && node.lacking.stats === "noStats";
  const parts = [
    ...(showPool ? [node.pool] : []),
    ...(node.statusCode === null ? [] : [t(`short.${node.statusCode}`)]),
    ...(cause === null ? [] : [t(`cause.${cause}`)]),
    ...(noStats ? [t("noStats")] : []),
  ];
  return <span className="text-muted">{parts.join(" · ")}</span>;
}

/** On hover: the full id, why it is not up, and which process polls it. */
function titleOf({ id, statusReason, elsewhere }: Node, means: string): string {
  const title = statusReason === null ? id : `${id}: ${statusReason}`;
  return elsewhere ? `${title}\n${means}` : title;
}

interface ShareProps {
  readonly part: number | null;
  readonly total: number | null;
  readonly exact: string;
  readonly warnFrom?: number;
}

/** A level against its limit: a bar and a percentage; the exact values on hover. */
function Share({ part, total, exact, warnFrom = 2 }: ShareProps) {
  const format = useFormat();
  const share = ratio(part, total);
  return (
    <span className="flex items-center justify-end gap-2" title={share === null ? undefined : exact}>
      {share !== null && (
        <Meter className="max-w-16" parts={[{ share, tone: share >= warnFrom ? "warn" : "s1" }]} />
      )}
      <span className="w-12 shrink-0">{format.ratio(share, share !== null && share < 0.1 ? 1 : 0)}</span>
    </span>
  );
}

interface NodeRowProps {
  readonly node: Node;
  /** Hit ratio over the page's time range; undefined until loaded. */
  readonly sparkline: readonly (number | null)[] | undefined;
  readonly showPool: boolean;
  /** 1-based row index in the full list, counting the header. */
  readonly position: number;
}

/** One node in the list. The entire row opens its page. Rendered again only when its properties change. */
export const NodeRow = memo(function NodeRow({ node, sparkline, showPool, position }: NodeRowProps) {
  const t = useTranslations("fleet.table");
  const elsewhere = useTranslations("status.elsewhere");
  const format = useFormat();
  const memory = t("of", { part: format.bytes(node.bytes), whole: format.bytes(node.limitMaxbytes) });
  const connections = t("of", {
    part: format.integer(node.currConnections),
    whole: format.integer(node.maxConnections),
  });
  return (
    <tr data-row={node.id} aria-rowindex={position} className="relative h-[33px] hover:bg-line-soft/60">
      <Td className="max-md:pr-0">
        <StatusTag
          status={node.status}
          health={node.health.state}
          reason={node.statusCode}
          elsewhere={node.elsewhere}
        />
      </Td>
      <Td className="max-w-0 truncate" title={titleOf(node, elsewhere("means"))}>
        <ViewLink
          href={nodePath(node.id)}
          className="font-semibold after:absolute after:inset-0 hover:underline focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent"
        >
          {node.id}
        </ViewLink>{" "}
        {node.elsewhere && <PeerShardTag />}
        {node.sameProcessAs !== undefined && <SharedProcessTag others={node.sameProcessAs} />}
        <RowSubject node={node} showPool={showPool} />
      </Td>
      <Td className="max-xl:hidden">{node.version ?? "–"}</Td>
      <Td numeric title={node.hitRatio === null ? undefined : format.exact(node.hitRatio)}>
        <span className="flex items-center justify-end gap-2">
          <span className="max-md:hidden">{sparkline !== undefined && <Sparkline values={sparkline} />}</span>
          <span className="w-12 shrink-0">{format.ratio(node.hitRatio)}</span>
        </span>
      </Td>
      <Td numeric className="max-md:hidden">
        <Share part={node.bytes} total={node.limitMaxbytes} exact={memory} />
      </Td>
      <Td numeric className="max-md:hidden">
        <Share part={node.currConnections} total={node.maxConnections} exact={connections} warnFrom={0.9} />
      </Td>
      <Td numeric className="max-md:hidden" title={format.exact(node.getsPerSecond)}>
        {format.rate(node.getsPerSecond)}
      </Td>
      <Td numeric className="max-xl:hidden" title={format.exact(node.uptimeSeconds)}>
        {format.duration(node.uptimeSeconds, 1)}
      </Td>
      <Td numeric className="max-md:hidden" title={format.exact(node.evictionsPerSecond)}>
        {format.rate(node.evictionsPerSecond)}
      </Td>
    </tr>
  );
});
