"use client";
import { useMemo, useState } from "react";
import { useSeries } from "@/lib/client/queries/series";
import { useWindow, windowQuery } from "@/lib/client/view-state";
import type { Node } from "@/lib/model/node/node.schema";
import { cellsOf } from "../node-map/layout";
import type { RowOrder } from "../node-map/state";
import type { FleetScope } from "../use-fleet-scope";
import { byValue, lowFirst, meansOf, POINTS, rowsOfPage, visiblePages } from "./rows";

/**
 * The rows in their order. A map whose rows move every second cannot be read: they are sorted when the map is
 * opened, and again when the nodes, the metric or the order change.
 */
export function useRowOrder(scope: FleetScope, nodes: readonly Node[], metric: string, order: RowOrder) {
  const { window } = useWindow();
  const span = windowQuery(window);
  const ask = { metrics: [metric], pool: scope.pool ?? undefined, points: 1, ...span };
  const { data, error, refetch } = useSeries(ask, { enabled: order === "metric" });
  const answered = order === "metric" && data?.metric === metric ? data : null;
  const names = useMemo(
    () =>
      nodes
        .map(({ id }) => id)
        .sort()
        .join(" "),
    [nodes],
  );
  const key = [order, metric, span.from, span.to, answered === null ? "" : answered.metric, names].join(" ");
  const sorted = (): readonly string[] => {
    const worst = cellsOf(nodes, scope.health, scope.order).map(({ node }) => node.id);
    return answered === null ? worst : byValue(worst, meansOf(answered), lowFirst(metric));
  };
  const [kept, setKept] = useState(() => ({ key, ids: sorted() }));
  if (kept.key !== key) setKept({ key, ids: sorted() });
  return { ids: kept.ids, waiting: order === "metric" && answered === null && !error, error, refetch };
}

/** The values of the rows from `first` up to `end`, a page at a time, by node id. */
export function useHeatmap(ids: readonly string[], metric: string, first: number, end: number) {
  const { window } = useWindow();
  const span = windowQuery(window);
  const [page = 0, next] = visiblePages(first, end);
  const of = (number: number | undefined) => (number === undefined ? [] : rowsOfPage(ids, number));
  const ask = (nodes: readonly string[]) => ({ metrics: [metric], nodes, points: POINTS, ...span });
  const here = of(page);
  const below = of(next);
  const one = useSeries(ask(here), { enabled: here.length > 0 });
  const two = useSeries(ask(below), { enabled: below.length > 0 });
  const [a, b] = [one.data, two.data];
  const rows = useMemo(() => {
    // The last reply stays while the next one loads: only rows of this metric are taken from it.
    const replies = [a, b].filter((reply) => reply !== undefined && reply.metric === metric);
    return new Map(
      replies.flatMap((reply) => reply?.series ?? []).map((row) => [row.node ?? "", row.values]),
    );
  }, [a, b, metric]);
  const reply = a?.metric === metric ? a : undefined;
  return { rows, reply, error: one.error ?? two.error, refetch: one.refetch };
}
