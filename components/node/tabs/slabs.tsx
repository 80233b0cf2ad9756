"use client";
import { useEffect, useMemo, useRef } from "react";
import { useTranslations } from "use-intl";
import { Age } from "@/components/ui/age";
import { CopyCommand } from "@/components/ui/copy/command";
import { CsvButton } from "@/components/ui/csv-button";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Hint } from "@/components/ui/overlay/tooltip";
import { Panel } from "@/components/ui/panel";
import { Empty } from "@/components/ui/placeholder/empty";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { Tag } from "@/components/ui/status/tag";
import { Table, Td, Th } from "@/components/ui/table";
import { SLAB_STATS } from "@/lib/catalogue/slab-stats";
import { useSlabs } from "@/lib/client/queries/node";
import { choice, integer, useParameter, useParameters } from "@/lib/client/url-params";
import { sumKnown } from "@/lib/metrics/ratio";
import type { SlabClass, SlabsReply } from "@/lib/model/node/inspection.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { canRead, lackingReason } from "../capability";
import { LackingNote } from "../lacking-note";
import { useGroupCommands } from "../use-group-commands";
import {
  reportedColumns,
  SLAB_COLUMN_IDS,
  type SlabColumn,
  slabValue,
  sortClasses,
  VERDICT_TONE,
} from "./slab-columns";
import { StatSummary } from "./stat-summary";

/** The slab classes, with a verdict on the use of their pages. */
export function SlabsTab({ node }: { readonly node: Node }) {
  const t = useTranslations("node.slabs");
  const query = useSlabs(node.id, { enabled: canRead(node) });
  const slabCommands = useGroupCommands(node, "slabs");
  const itemCommands = useGroupCommands(node, "items");
  const { data } = query;
  const reason = lackingReason(node, "stats");
  return (
    <Panel
      padded={false}
      title={<Hint text={t("meaning")}>{t("title")}</Hint>}
      subtitle={data === undefined ? null : <Age atMs={data.atMs} />}
      tools={
        <>
          {data === undefined ? null : (
            <CsvButton name={`${node.id}-slabs`} rows={() => slabRows(data.classes)} />
          )}
          <CopyCommand commands={[...new Set([...slabCommands, ...itemCommands])]} />
        </>
      }
    >
      <div className="px-3.5 pb-3">
        {query.error ? (
          <ErrorNote
            what={t("reading")}
            node={node.id}
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        ) : null}
        {data !== undefined ? <SlabTotals reply={data} /> : null}
        {data === undefined && !query.error ? <Waiting node={node} reason={reason} /> : null}
      </div>
      {data !== undefined && data.classes.length > 0 ? <SlabTable reply={data} /> : null}
    </Panel>
  );
}

function Waiting({
  node,
  reason,
}: {
  readonly node: Node;
  readonly reason: ReturnType<typeof lackingReason>;
}) {
  const t = useTranslations("node");
  if (!canRead(node)) return <Empty title={t("noLive")}>{t("noLiveWhy")}</Empty>;
  if (reason !== null && reason !== "notAskedYet")
    return <LackingNote title={t("slabs.title")} reason={reason} />;
  return <Skeleton className="h-64 w-full" />;
}

function SlabTotals({ reply }: { readonly reply: SlabsReply }) {
  const t = useTranslations("node.slabs");
  const format = useFormat();
  if (reply.classes.length === 0) return <Empty title={t("none")}>{t("noneWhy")}</Empty>;
  const wasted = sumKnown(reply.classes.map((row) => row.memWasted));
  const memHeld = sumKnown(reply.classes.map((row) => row.memHeld));
  return (
    <StatSummary
      entries={[
        { name: "active_slabs", meaning: t("activeSlabs"), value: format.integer(reply.activeSlabs) },
        { name: "total_malloced", meaning: t("totalMalloced"), value: format.bytes(reply.totalMalloced) },
        { name: t("freePages"), meaning: t("freePagesMeaning"), value: format.integer(reply.freePages) },
        {
          name: t("wasted"),
          meaning: t("columns.memWasted.meaning"),
          value: format.bytes(wasted),
          note:
            wasted !== null && memHeld ? t("ofHeld", { share: format.ratio(wasted / memHeld) }) : undefined,
        },
      ]}
    />
  );
}

const ORDER = {
  sort: choice(SLAB_COLUMN_IDS, "class"),
  dir: choice(["asc", "desc"] as const, "asc"),
};

function SlabTable({ reply }: { readonly reply: SlabsReply }) {
  const t = useTranslations("node.slabs");
  const { locale } = useFormat();
  const [{ sort, dir }, setOrder] = useParameters(ORDER);
  const [marked] = useParameter("class", integer);
  const columns = useMemo(() => reportedColumns(reply.classes), [reply.classes]);
  const rows = useMemo(() => sortClasses(reply.classes, sort, dir), [reply.classes, sort, dir]);
  const onSort = (column: SlabColumn) => {
    const first = column.id === "class" || column.id === "verdict" ? "asc" : "desc";
    setOrder(sort === column.id ? { dir: dir === "asc" ? "desc" : "asc" } : { sort: column.id, dir: first });
  };
  return (
    <Table label={t("title")}>
      <thead>
        <tr>
          {columns.map((column) => (
            <Th
              key={column.id}
              numeric={column.form !== "id" && column.form !== "verdict"}
              sorted={sort === column.id ? dir : null}
              onSort={() => onSort(column)}
            >
              <span title={columnMeaning(column, t(`columns.${column.id}.meaning`), locale)}>
                {t(`columns.${column.id}.title`)}
              </span>
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <SlabRow key={row.id} row={row} columns={columns} marked={row.id === marked} />
        ))}
      </tbody>
    </Table>
  );
}

/** A column named by memcached shows its name and meaning; others have their own explanation. */
function columnMeaning(column: SlabColumn, own: string, locale: "en" | "ja"): string {
  const word = "word" in column ? column.word : undefined;
  const meaning = word === undefined ? undefined : SLAB_STATS.get(word)?.[locale];
  return meaning === undefined ? own : `${word}: ${meaning}`;
}

interface SlabRowProps {
  readonly row: SlabClass;
  readonly columns: readonly SlabColumn[];
  readonly marked: boolean;
}

function SlabRow({ row, columns, marked }: SlabRowProps) {
  const t = useTranslations("node.slabs");
  const ref = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (marked) ref.current?.scrollIntoView?.({ block: "center" });
  }, [marked]);
  return (
    <tr
      ref={ref}
      className={marked ? "bg-accent-soft" : "hover:bg-line-soft"}
      aria-current={marked ? "true" : undefined}
    >
      {columns.map((column) =>
        column.form === "verdict" ? (
          <Td key={column.id}>
            <Tag tone={VERDICT_TONE[row.verdict]} title={t(`verdicts.${row.verdict}.meaning`)}>
              {t(`verdicts.${row.verdict}.title`)}
            </Tag>
          </Td>
        ) : (
          <SlabCell key={column.id} row={row} column={column} />
        ),
      )}
    </tr>
  );
}

function SlabCell({ row, column }: { readonly row: SlabClass; readonly column: SlabColumn }) {
  const format = useFormat();
  // evicted_time is 0 both for "just now" and for "nothing was evicted".
  const empty = column.id === "evictedTimeSeconds" && row.evicted === 0;
  const value = empty ? null : slabValue(row, column.id);
  if (column.form === "id") {
    return (
      <th scope="row" className="border-line-soft border-b px-2.5 py-[5px] text-left font-medium">
        {row.id}
      </th>
    );
  }
  const text =
    column.form === "bytes"
      ? format.bytes(value)
      : column.form === "seconds"
        ? format.duration(value)
        : format.count(value);
  return (
    <Td
      numeric
      title={value === null ? undefined : format.exact(value)}
      className={value === 0 ? "text-faint" : undefined}
    >
      {text}
    </Td>
  );
}

function slabRows(classes: readonly SlabClass[]): (string | number | null)[][] {
  const ids = SLAB_COLUMN_IDS.filter((id) => id !== "verdict");
  return [
    [...ids, "verdict"],
    ...classes.map((row) => [...ids.map((id) => slabValue(row, id)), row.verdict]),
  ];
}
