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
  const range = windowQuery(window);
  const query = { metrics: [metric], pool: scope.pool ?? undefined, points: 1, ...range };
  const { data, error, refetch } = useSeries(query, { enabled: order === "metric" });
  const means = order === "metric" && data?.metric === metric ? data : null;
  const names = useMemo(
    () =>
      nodes
        .map(({ id }) => id)
        .sort()
        .join(" "),
    [nodes],
  );
  const key = [order, metric, range.from, range.to, means === null ? "" : means.metric, names].join(" ");
  const sorted = (): readonly string[] => {
    const worst = cellsOf(nodes, scope.health, scope.order).map(({ node }) => node.id);
    return means === null ? worst : byValue(worst, meansOf(means), lowFirst(metric));
  };
  const [rowOrder, setRowOrder] = useState(() => ({ key, ids: sorted() }));
  if (rowOrder.key !== key) setRowOrder({ key, ids: sorted() });
  return { ids: rowOrder.ids, waiting: order === "metric" && means === null && !error, error, refetch };
}

/** The values of the rows from `first` up to `end`, a page at a time, by node id. */
export function useHeatmap(ids: readonly string[], metric: string, first: number, end: number) {
  const { window } = useWindow();
  const range = windowQuery(window);
  const [page = 0, next] = visiblePages(first, end);
  const idsOf = (number: number | undefined) => (number === undefined ? [] : rowsOfPage(ids, number));
  const pageQuery = (nodes: readonly string[]) => ({ metrics: [metric], nodes, points: POINTS, ...range });
  const shown = idsOf(page);
  const below = idsOf(next);
  const current = useSeries(pageQuery(shown), { enabled: shown.length > 0 });
  const following = useSeries(pageQuery(below), { enabled: below.length > 0 });
  const [a, b] = [current.data, following.data];
  const rows = useMemo(() => {
    // The last reply stays while the next one loads: only rows of this metric are taken from it.
    const replies = [a, b].filter((reply) => reply !== undefined && reply.metric === metric);
    return new Map(
      replies.flatMap((reply) => reply?.series ?? []).map((row) => [row.node ?? "", row.values]),
    );
  }, [a, b, metric]);
  const reply = a?.metric === metric ? a : undefined;
  return { rows, reply, error: current.error ?? following.error, refetch: current.refetch };
}
