"use client";
import { groupCommands, seriesCommand, valueCommand } from "@/lib/catalogue/commands";
import type { StatsGroup } from "@/lib/catalogue/stats-groups";
import { seriesPath } from "@/lib/client/queries/series";
import { useWindow, windowQuery } from "@/lib/client/view-state";
import type { Node } from "@/lib/model/node/node.schema";
import { nodeSegment } from "@/lib/model/node/path-segments";
import { GROUP_CAPABILITY, lackingReason } from "./capability";
import { useOrigin } from "./use-origin";

/** Commands that print a stats group of the node, and with `name` the one that prints a single value. */
export function useGroupCommands(node: Node, group: StatsGroup, name?: string): string[] {
  const origin = useOrigin();
  const reason = lackingReason(node, GROUP_CAPABILITY[group]);
  // What the node refuses, or could be harmed by, is not to be copied into a shell either.
  if (reason !== null && reason !== "notAskedYet" && reason !== "disabledBySetting") return [];
  const commands = groupCommands(node, group);
  return origin !== null && name !== undefined
    ? [...commands, valueCommand(origin, nodeSegment(node.id), group, name)]
    : commands;
}

/** Commands that print what a chart of the node draws: the live counters, and the series from Memfleet. */
export function useChartCommands(node: Node): (metrics: readonly string[]) => string[] {
  const origin = useOrigin();
  const { window } = useWindow();
  const live = groupCommands(node, "general");
  return (metrics) => {
    if (origin === null) return live;
    const path = seriesPath({ metrics, nodes: [node.id], ...windowQuery(window) });
    return [...live, seriesCommand(origin, path)];
  };
}
