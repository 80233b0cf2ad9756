"use client";
import { useSearchParams } from "next/navigation";
import { useCallback, useEffect, useMemo } from "react";
import { worthComparing } from "@/lib/metrics/compare-with";
import { COMPARE_NODES } from "@/lib/model/compare-choices";
import type { Node } from "@/lib/model/node";

/** The nodes in the address, in its order, each once; and the way to change them, a step that Back undoes. */
export function useComparedNodes(): readonly [readonly string[], (nodes: readonly string[]) => void] {
  const search = useSearchParams();
  const nodes = useMemo(() => comparedNodes(search), [search]);
  const set = useCallback((next: readonly string[]) => {
    history.pushState(null, "", addressOf(new URLSearchParams(location.search), next));
  }, []);
  return [nodes, set];
}

/**
 * Links say `with=pool` for a node's neighbours, which they do not know. Once the whole fleet is known (`nodes` is not
 * null) the neighbours take its place in the address, not as a step of its own. True until then.
 */
export function useNeighbours(nodes: readonly Node[] | null): boolean {
  const wanted = useSearchParams().has("with");
  useEffect(() => {
    if (!wanted || nodes === null) return;
    const parameters = new URLSearchParams(location.search);
    const chosen = comparedNodes(parameters);
    const first = nodes.find(({ id }) => id === chosen[0]);
    const pool = nodes.filter((node) => node.pool === first?.pool);
    const all = new Set([...chosen, ...(first === undefined ? [] : worthComparing(first.id, pool))]);
    parameters.delete("with");
    history.replaceState(null, "", addressOf(parameters, [...all]));
  }, [wanted, nodes]);
  return wanted;
}

/** This page with other nodes. */
function addressOf(parameters: URLSearchParams, nodes: readonly string[]): string {
  parameters.delete("node");
  for (const node of nodes) parameters.append("node", node);
  const text = parameters.toString();
  return `${location.pathname}${text === "" ? "" : `?${text}`}`;
}

/** The `node` parameters of a search, each once, as many as can be compared. */
export function comparedNodes(search: { getAll(name: string): string[] }): string[] {
  return [...new Set(search.getAll("node"))].slice(0, COMPARE_NODES.most);
}

/** The list with the entry at `from` moved to `to`; as it is when there is no such place. */
export function moved(nodes: readonly string[], from: number, to: number): string[] {
  const next = [...nodes];
  const [node] = next.splice(from, 1);
  if (node === undefined || to < 0 || to > next.length) return [...nodes];
  next.splice(to, 0, node);
  return next;
}
