"use client";
import { useSearchParams } from "next/navigation";
import { useCallback, useMemo, useState } from "react";
import { comparisonPeers } from "@/lib/metrics/compare/peers";
import { COMPARE_NODES } from "@/lib/model/compare";
import type { Node } from "@/lib/model/node/node.schema";

interface SelectedNodes {
  readonly nodes: readonly string[];
  /** The neighbours named in the URL are not known yet. */
  readonly waiting: boolean;
}

/**
 * The nodes in the URL, in its order, each once; and a function that changes them, undone by Back. With
 * `with=pool` other nodes of the first node's pool are added, chosen once. `fleet`: all nodes, null until they are
 * loaded.
 */
export function useComparedNodes(
  fleet: readonly Node[] | null,
): readonly [SelectedNodes, (nodes: readonly string[]) => void] {
  const search = useSearchParams();
  const named = useMemo(() => comparedNodes(search), [search]);
  const first = search.has("with") ? named[0] : undefined;
  const [neighbours, setNeighbours] = useState<{
    readonly first: string;
    readonly others: readonly string[];
  } | null>(null);
  if (first !== undefined && fleet !== null && neighbours?.first !== first) {
    setNeighbours({ first, others: neighboursOf(first, fleet) });
  }
  const others = first !== undefined && neighbours?.first === first ? neighbours.others : null;
  const nodes = useMemo(
    () => (others === null ? named : [...new Set([...named, ...others])].slice(0, COMPARE_NODES.most)),
    [named, others],
  );
  const set = useCallback((next: readonly string[]) => history.pushState(null, "", addressOf(next)), []);
  return [{ nodes, waiting: first !== undefined && others === null }, set];
}

function neighboursOf(first: string, fleet: readonly Node[]): string[] {
  const node = fleet.find(({ id }) => id === first);
  if (node === undefined) return [];
  return comparisonPeers(
    first,
    fleet.filter(({ pool }) => pool === node.pool),
  );
}

/** The URL of this page with other nodes. */
function addressOf(nodes: readonly string[]): string {
  const parameters = new URLSearchParams(location.search);
  parameters.delete("with");
  parameters.delete("node");
  for (const node of nodes) parameters.append("node", node);
  const text = parameters.toString();
  return `${location.pathname}${text === "" ? "" : `?${text}`}`;
}

/** The `node` parameters of a search, each once, as many as can be compared. */
export function comparedNodes(search: { getAll(name: string): string[] }): string[] {
  return [...new Set(search.getAll("node"))].slice(0, COMPARE_NODES.most);
}

/** The list with the entry at `from` moved to `to`; unchanged when there is no such index. */
export function moved(nodes: readonly string[], from: number, to: number): string[] {
  const next = [...nodes];
  const [node] = next.splice(from, 1);
  if (node === undefined || to < 0 || to > next.length) return [...nodes];
  next.splice(to, 0, node);
  return next;
}
