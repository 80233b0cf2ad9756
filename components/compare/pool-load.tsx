"use client";
import { useTranslations } from "use-intl";
import { formatValue } from "@/components/charts/chart-format";
import { EscapedText } from "@/components/node/stats/escaped-text";
import { useFormat } from "@/components/ui/hooks/use-format";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { Tag } from "@/components/ui/status/tag";
import { Table, Td, Th } from "@/components/ui/table";
import { nodePath, ViewLink } from "@/components/ui/view-link";
import { usePoolConsistency } from "@/lib/client/queries/compare";
import type { Drift } from "@/lib/model/compare.schema";
import { comparePath } from "./compare-path";

/** From this factor on, the load is notably uneven. */
const NOTABLE_FACTOR = 1.5;

/** The load distribution, with a link that compares the busiest node with the median node. */
export function PoolLoad({ pool }: { readonly pool: string }) {
  const t = useTranslations("compare.load");
  const query = usePoolConsistency(pool);
  if (query.error !== null && query.data === undefined) {
    return <ErrorNote what={t("reading")} error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (query.data === undefined) return <Skeleton className="h-40 w-full" />;
  const gets = query.data.load.find(({ metric }) => metric === "gets");
  const busiest = gets?.busiest[0]?.node;
  const pair = [busiest, gets?.middle].filter((node) => typeof node === "string");
  return (
    <section className="min-w-0">
      <header className="mb-1 flex flex-wrap items-baseline gap-x-3">
        <h3 className="font-semibold">{t("title")}</h3>
        {new Set(pair).size === 2 && (
          <ViewLink href={comparePath(pair)} className="text-accent hover:underline">
            {t("compare")}
          </ViewLink>
        )}
      </header>
      <Table label={t("title")}>
        <thead>
          <tr>
            <Th>{t("figure")}</Th>
            <Th numeric>{t("least")}</Th>
            <Th numeric>{t("median")}</Th>
            <Th numeric>{t("most")}</Th>
            <Th numeric>{t("factor")}</Th>
            <Th>{t("busiest")}</Th>
            <Th>{t("idlest")}</Th>
          </tr>
        </thead>
        <tbody>
          {query.data.load.map((load) => (
            <LoadRow key={load.metric} load={load} />
          ))}
        </tbody>
      </Table>
    </section>
  );
}

function LoadRow({ load }: { readonly load: Drift["load"][number] }) {
  const t = useTranslations("compare.load");
  const format = useFormat();
  const value = (metric: number | null) =>
    metric === null ? "–" : formatValue(metric, load.unit, format.locale);
  return (
    <tr>
      <th
        scope="row"
        className="whitespace-nowrap border-line-soft border-b px-2.5 py-[5px] text-left font-normal text-muted"
      >
        {t(`metrics.${load.metric}`)}
      </th>
      <Td numeric>{value(load.min)}</Td>
      <Td numeric>{value(load.median)}</Td>
      <Td numeric>{value(load.max)}</Td>
      <Td numeric>
        {load.factor === null ? (
          "–"
        ) : load.factor >= NOTABLE_FACTOR && load.metric !== "hit_ratio" ? (
          <Tag tone="warn">{t("times", { factor: format.rate(load.factor) })}</Tag>
        ) : (
          t("times", { factor: format.rate(load.factor) })
        )}
      </Td>
      <Td>
        <End node={load.busiest[0]?.node} />
      </Td>
      <Td>
        <End node={load.idlest[0]?.node} />
      </Td>
    </tr>
  );
}

function End({ node }: { readonly node: string | undefined }) {
  if (node === undefined) return "–";
  return (
    <ViewLink href={nodePath(node)} className="font-mono text-xs hover:underline">
      <EscapedText text={node} />
    </ViewLink>
  );
}
