"use client";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { Sparkline } from "@/components/ui/sparkline";
import { Meter, type MeterTone } from "@/components/ui/status/meter";
import { Tile } from "@/components/ui/tile";
import { useSeries } from "@/lib/client/queries/series";
import { ratio } from "@/lib/metrics/ratio";
import type { FleetScope } from "../use-fleet-scope";
import { HOUR_METRICS, type HourComparison, hourComparison, topEvictor } from "./hour-comparison";
import { NodesTile } from "./nodes-tile";

interface TileOfScopeProps {
  readonly scope: FleetScope;
  readonly hour: HourComparison | null;
}

function useHour(pool: string | null, enabled: boolean): HourComparison | null {
  const { data } = useSeries(
    {
      metrics: HOUR_METRICS,
      pool: pool ?? undefined,
      aggregate: "fleet",
      from: "now-2h",
      to: "now",
      points: 120,
    },
    { enabled },
  );
  return useMemo(() => (data === undefined ? null : hourComparison(data)), [data]);
}

interface TileSparklineProps {
  readonly values?: readonly (number | null)[];
  readonly tone?: "s1" | "s2";
  readonly floor?: number;
}

function TileSparkline({ values, tone, floor }: TileSparklineProps) {
  return values === undefined ? (
    <Skeleton className="h-3 w-16" />
  ) : (
    <Sparkline values={values} tone={tone} floor={floor} />
  );
}

function HitRatioTile({ scope, hour }: TileOfScopeProps) {
  const t = useTranslations("fleet.tiles");
  const format = useFormat();
  const { hitRatio } = scope.totals;
  const before = hour?.hitRatio ?? null;
  const difference = hitRatio === null || before === null ? null : hitRatio - before;
  const colour =
    difference === null || Math.abs(difference) < 0.005 ? "" : difference < 0 ? "text-crit" : "text-ok";
  return (
    <Tile
      title={t("hitRatio")}
      meaning={t("hitRatioMeaning")}
      value={format.ratio(hitRatio)}
      exact={hitRatio === null ? t("noGets") : format.exact(hitRatio)}
      graphic={<TileSparkline values={hour?.hitRatioSparkline} />}
      note={
        difference !== null && (
          <>
            <span className={colour}>{format.points(difference)}</span> {t("againstHour")}
          </>
        )
      }
    />
  );
}

/** A level near its limit changes its colour. */
function fullness(share: number | null, warnFrom: number): MeterTone {
  return share !== null && share >= warnFrom ? "warn" : "s1";
}

function MemoryTile({ scope }: { readonly scope: FleetScope }) {
  const t = useTranslations("fleet.tiles");
  const format = useFormat();
  const { bytes, limitMaxbytes } = scope.totals;
  const { part, whole } = format.bytesOf(bytes, limitMaxbytes);
  const share = ratio(bytes, limitMaxbytes);
  return (
    <Tile
      title={t("memory")}
      meaning={t("memoryMeaning")}
      value={part}
      exact={t("exactOf", { part: format.exact(bytes), whole: format.exact(limitMaxbytes) })}
      beside={t("of", { whole })}
      graphic={<Meter parts={[{ share: share ?? 0, tone: "s1" }]} />}
      note={share !== null && t("ofLimit", { share: format.ratio(share, 0) })}
    />
  );
}

function ConnectionsTile({ scope }: { readonly scope: FleetScope }) {
  const t = useTranslations("fleet.tiles");
  const format = useFormat();
  const { currConnections, maxConnections } = scope.totals;
  const share = ratio(currConnections, maxConnections);
  return (
    <Tile
      title={t("connections")}
      meaning={t("connectionsMeaning")}
      value={format.count(currConnections)}
      exact={t("exactOf", { part: format.exact(currConnections), whole: format.exact(maxConnections) })}
      graphic={<Meter parts={[{ share: share ?? 0, tone: fullness(share, 0.8) }]} />}
      note={share !== null && t("ofMaxconns", { share: format.ratio(share, share < 0.1 ? 1 : 0) })}
    />
  );
}

function GetsTile({ scope, hour }: TileOfScopeProps) {
  const t = useTranslations("fleet.tiles");
  const format = useFormat();
  const { getsPerSecond } = scope.totals;
  const before = hour?.getsPerSecond ?? null;
  const change =
    getsPerSecond === null || before === null || before === 0 ? null : getsPerSecond / before - 1;
  return (
    <Tile
      title={t("gets")}
      meaning={t("getsMeaning")}
      value={format.rate(getsPerSecond)}
      exact={format.exact(getsPerSecond)}
      graphic={<TileSparkline values={hour?.getsSparkline} />}
      note={change !== null && `${format.change(change)} ${t("againstHour")}`}
    />
  );
}

function EvictionsTile({ scope, hour }: TileOfScopeProps) {
  const t = useTranslations("fleet.tiles");
  const format = useFormat();
  const { evictionsPerSecond } = scope.totals;
  const top = topEvictor(scope.nodes, evictionsPerSecond);
  return (
    <Tile
      title={t("evictions")}
      meaning={t("evictionsMeaning")}
      value={format.rate(evictionsPerSecond)}
      exact={format.exact(evictionsPerSecond)}
      graphic={<TileSparkline values={hour?.evictionsSparkline} tone="s2" floor={0} />}
      note={
        top !== null && <span title={top.id}>{t("onOneNode", { count: format.rate(top.perSecond) })}</span>
      }
    />
  );
}

/** Six metrics of the fleet or pool, each with its reference. */
export function Tiles({ scope }: { readonly scope: FleetScope }) {
  const t = useTranslations("fleet.tiles");
  const hour = useHour(scope.pool, scope.totals.nodes > 0);
  return (
    <section
      aria-label={t("label")}
      className="grid grid-cols-2 gap-px overflow-hidden rounded-[10px] border border-line bg-line-soft sm:grid-cols-3 xl:grid-cols-6"
    >
      <NodesTile scope={scope} />
      <HitRatioTile scope={scope} hour={hour} />
      <MemoryTile scope={scope} />
      <ConnectionsTile scope={scope} />
      <GetsTile scope={scope} hour={hour} />
      <EvictionsTile scope={scope} hour={hour} />
    </section>
  );
}
