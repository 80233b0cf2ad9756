/** Differences between the nodes of a pool, from collected data only. */
import { inconsistencies } from "@/lib/metrics/compare/consistency";
import { loadOf } from "@/lib/metrics/compare/load";
import { spreadOf } from "@/lib/metrics/compare/spread";
import type { Drift } from "@/lib/model/compare.schema";
import type { ComparedNode } from "./nodes";

export function poolConsistency(pool: string, members: readonly ComparedNode[], nowMs: number): Drift {
  const known = members.filter(({ record }) => record.facts.profile.shared.size > 0);
  return {
    atMs: nowMs,
    pool,
    nodes: members.length,
    known: known.length,
    lastKnown: known.filter(({ view }) => view.status !== "up").length,
    settings: inconsistencies(
      known.map(({ record, view }) => ({ node: view.id, settings: record.facts.profile.shared })),
    ),
    load: loadOf(members.map(({ view }) => view)).map(({ metric, unit, values }) => {
      const { busiest, idlest, ...spread } = spreadOf(values);
      return { metric, unit, ...spread, busiest: [...busiest], idlest: [...idlest] };
    }),
  };
}
