"use client";
import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { COMPARE_NODES } from "@/lib/model/compare-choices";

/** The nodes in the address, in its order, each once; and the way to change them, a step that Back undoes. */
export function useComparedNodes(): readonly [readonly string[], (nodes: readonly string[]) => void] {
  const search = useSearchParams();
  const nodes = useMemo(() => comparedNodes(search), [search]);
  const set = useCallback((next: readonly string[]) => {
    const parameters = new URLSearchParams(location.search);
    parameters.delete("node");
    for (const node of next) parameters.append("node", node);
    const text = parameters.toString();
    history.pushState(null, "", `${location.pathname}${text === "" ? "" : `?${text}`}`);
  }, []);
  return [nodes, set];
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
