"use client";
import { useMemo, useRef } from "react";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { Th } from "@/components/ui/table";
import { useListState } from "@/lib/client/view-state";
import type { FleetSort } from "@/lib/model/fleet-sort";
import type { Node } from "@/lib/model/node/node.schema";
import type { FleetScope } from "../use-fleet-scope";
import { FIRST_DIRECTION, sortNodes } from "./filter-nodes";
import { NodeRow } from "./row";
import { useSparklines } from "./use-sparklines";
import { useVisibleRows } from "./use-visible-rows";

interface Column {
  readonly sort: FleetSort;
  readonly numeric: boolean;
  readonly className: string;
}

const COLUMNS: readonly Column[] = [
  { sort: "worst", numeric: false, className: "w-[112px] md:w-[132px]" },
  { sort: "node", numeric: false, className: "" },
  { sort: "version", numeric: false, className: "w-[76px] max-xl:hidden" },
  { sort: "hitRatio", numeric: true, className: "w-[76px] md:w-[140px]" },
  { sort: "memory", numeric: true, className: "w-[132px] max-md:hidden" },
  { sort: "connections", numeric: true, className: "w-[132px] max-md:hidden" },
  { sort: "gets", numeric: true, className: "w-[78px] max-md:hidden" },
  { sort: "uptime", numeric: true, className: "w-[78px] max-xl:hidden" },
  { sort: "evictions", numeric: true, className: "w-[96px] max-md:hidden" },
];

const OPPOSITE = { asc: "desc", desc: "asc" } as const;

function TableHead() {
  const t = useTranslations("fleet.table");
  const [{ sort, dir }, setList] = useListState();
  const sortBy = (column: FleetSort) => {
    const first = FIRST_DIRECTION[column];
    const next = column === sort ? OPPOSITE[dir ?? first] : first;
    setList({ sort: column === "worst" ? null : column, dir: next === first ? null : next });
  };
  return (
    <thead>
      <tr aria-rowindex={1}>
        {COLUMNS.map((column) => (
          <Th
            key={column.sort}
            numeric={column.numeric}
            className={`z-10 bg-surface first:rounded-tl-[10px] last:rounded-tr-[10px] md:sticky md:top-[49px] ${column.className}`}
            sorted={column.sort === sort ? (dir ?? FIRST_DIRECTION[column.sort]) : null}
            onSort={() => sortBy(column.sort)}
          >
            {t(`columns.${column.sort}`)}
          </Th>
        ))}
      </tr>
    </thead>
  );
}

/** Space for rows that are not rendered. One cell: spanning would bring back the columns a phone hides. */
function Spacer({ rows, rowHeight }: { readonly rows: number; readonly rowHeight: number }) {
  if (rows <= 0) return null;
  return (
    <tr>
      <td style={{ height: rows * rowHeight, padding: 0 }} />
    </tr>
  );
}

interface NodeTableProps {
  readonly scope: FleetScope;
  /** The nodes that pass the filters. */
  readonly nodes: readonly Node[];
  readonly onClearFilters: () => void;
}

/** Every node with its metrics, worst first by default. Renders only the visible rows. */
export function NodeTable({ scope, nodes, onClearFilters }: NodeTableProps) {
  const t = useTranslations("fleet.table");
  const body = useRef<HTMLTableSectionElement>(null);
  const [{ sort, dir }] = useListState();
  const { health, order } = scope;
  const sorted = useMemo(() => sortNodes(nodes, sort, dir, health, order), [nodes, sort, dir, health, order]);
  const { first, end, rowHeight } = useVisibleRows(body, sorted.length);
  const shown = sorted.slice(first, end);
  const sparklines = useSparklines(shown.map((node) => node.id));
  return (
    <section className="panel mt-3.5" aria-label={t("label")}>
      <table
        className="w-full table-fixed border-separate border-spacing-0"
        aria-rowcount={sorted.length + 1}
      >
        <caption className="sr-only">{t("caption", { count: sorted.length })}</caption>
        <TableHead />
        <tbody ref={body}>
          <Spacer rows={first} rowHeight={rowHeight} />
          {shown.map((node, index) => (
            <NodeRow
              key={node.id}
              node={node}
              sparkline={sparklines.get(node.id)}
              showPool={scope.pool === null}
              position={first + index + 2}
            />
          ))}
          <Spacer rows={sorted.length - end} rowHeight={rowHeight} />
        </tbody>
      </table>
      {sorted.length === 0 && (
        <div className="flex flex-wrap items-center gap-3 px-3.5 py-6 text-muted">
          {t("nothing")}
          <Button onClick={onClearFilters}>{t("clear")}</Button>
        </div>
      )}
    </section>
  );
}
