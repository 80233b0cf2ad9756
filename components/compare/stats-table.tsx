"use client";
import { useTranslations } from "use-intl";
import { formatValue } from "@/components/charts/chart-format";
import { EscapedText } from "@/components/node/stats/escaped-text";
import { CsvButton } from "@/components/ui/csv-button";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Hint } from "@/components/ui/overlay/tooltip";
import { Panel } from "@/components/ui/panel";
import { StatusTag } from "@/components/ui/status/status-tag";
import { Tag } from "@/components/ui/status/tag";
import { Table, Td, Th } from "@/components/ui/table";
import type { Compare } from "@/lib/model/compare.schema";
import { NodeHeads } from "./node-heads";

type MetricComparison = Compare["figures"][number];

const ROW =
  "sticky left-0 z-10 whitespace-nowrap border-line-soft border-b bg-surface px-2.5 py-[5px] text-left font-normal text-muted";

/** Metrics of the nodes side by side; outliers are marked. */
export function StatsTable({ compare }: { readonly compare: Compare }) {
  const t = useTranslations("compare.figures");
  const { locale } = useFormat();
  const ids = compare.nodes.map(({ id }) => id);
  const rows = () => [
    ["figure", "unit", ...ids],
    ["version", null, ...compare.nodes.map(({ version }) => version)],
    ...compare.figures.map(({ name, unit, values }) => [name, unit, ...values]),
  ];
  return (
    <Panel
      title={<Hint text={t("meaning")}>{t("title")}</Hint>}
      padded={false}
      tools={<CsvButton name="compare-figures" rows={rows} />}
    >
      <Table label={t("title")}>
        <thead>
          <tr>
            <Th>{t("figure")}</Th>
            <NodeHeads nodes={compare.nodes} />
            <Th numeric>{t("median")}</Th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row" className={ROW}>
              {t("status")}
            </th>
            {compare.nodes.map((node) => (
              <Td key={node.id} numeric title={node.detail ?? undefined}>
                <StatusTag status={node.status} />
              </Td>
            ))}
            <Td />
          </tr>
          <tr>
            <th scope="row" className={ROW}>
              {t("version")}
            </th>
            {compare.nodes.map(({ id, version }) => (
              <Td key={id} numeric>
                <Outlier outlier={isOddVersion(compare, version)}>
                  {version === null ? <Unknown /> : <EscapedText text={version} />}
                </Outlier>
              </Td>
            ))}
            <Td />
          </tr>
          {compare.figures.map((metric) => (
            <tr key={metric.name} className="hover:bg-line-soft">
              <th scope="row" className={ROW}>
                <Hint text={metric.meaning?.[locale] ?? t(`names.${metric.name}`)}>
                  {t(`names.${metric.name}`)}
                </Hint>
              </th>
              {metric.values.map((value, index) => (
                <Td key={ids[index]} numeric title={value === null ? undefined : String(value)}>
                  <Outlier outlier={metric.outliers.includes(ids[index] ?? "")}>
                    {value === null ? <Unknown /> : <Value metric={metric} value={value} />}
                  </Outlier>
                </Td>
              ))}
              <Td numeric className="text-muted">
                {metric.median === null ? <Unknown /> : <Value metric={metric} value={metric.median} />}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

function isOddVersion({ versions }: Compare, version: string | null): boolean {
  return versions.majority !== null && version !== null && versions.majority.value !== version;
}

function Outlier({ outlier, children }: { readonly outlier: boolean; readonly children: React.ReactNode }) {
  const t = useTranslations("compare.figures");
  if (!outlier) return children;
  return (
    <Tag tone="warn" title={t("outlier")}>
      {children}
      <span className="sr-only">{t("outlier")}</span>
    </Tag>
  );
}

function Unknown() {
  const t = useTranslations("compare");
  return (
    <span className="text-faint">
      <span aria-hidden="true">–</span>
      <span className="sr-only">{t("unknown")}</span>
    </span>
  );
}

function Value({ metric, value }: { readonly metric: MetricComparison; readonly value: number }) {
  const format = useFormat();
  if (metric.name === "uptime") return format.duration(value);
  if (metric.name === "latency") return format.milliseconds(value * 1_000);
  return formatValue(value, metric.unit, format.locale);
}
