"use client";
import { useTranslations } from "use-intl";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Meter } from "@/components/ui/status/meter";
import type { Tone } from "@/components/ui/status/tag";
import { Tile } from "@/components/ui/tile";
import type { Totals } from "@/lib/model/fleet.schema";
import { NODE_STATUSES } from "@/lib/model/node/node-status";
import { countTones } from "../node-health";
import type { FleetScope } from "../use-fleet-scope";

function tonesOf({ nodes, up, unknown, authRequired }: Totals): Record<Tone, number> {
  return { ok: up, warn: authRequired, crit: nodes - up - unknown - authRequired, off: unknown };
}

/** The number of nodes that are up, and the status of the others. */
export function NodesTile({ scope }: { readonly scope: FleetScope }) {
  const t = useTranslations("fleet.tiles");
  const format = useFormat();
  const { totals } = scope;
  // A page of a large fleet starts with the worst nodes: until the others are loaded, the totals are used.
  const tones = scope.complete ? countTones(scope.nodes, scope.health) : tonesOf(totals);
  const shown = Math.max(1, totals.nodes);
  const parts = NODE_STATUSES.filter((status) => status !== "up" && totals[status] > 0).map((status) =>
    t(`statusCount.${status}`, { count: totals[status] }),
  );
  const warned = new Set(
    scope.attention.filter((entry) => entry.severity === "warning").map((entry) => entry.node),
  ).size;
  if (warned > 0) parts.push(t("warnings", { count: warned }));
  const { critical = 0, warning = 0 } = totals.findings ?? {};
  if (critical + warning > 0) parts.push(t("findings", { count: critical + warning, critical }));
  const note = parts.length === 0 ? t("allUp") : parts.join(t("separator"));
  return (
    <Tile
      title={t("nodes")}
      meaning={t("nodesMeaning")}
      value={format.integer(totals.up)}
      beside={t("ofUp", { count: format.integer(totals.nodes) })}
      graphic={
        <Meter
          parts={(["ok", "warn", "crit", "off"] as const).map((tone) => ({
            tone,
            share: tones[tone] / shown,
          }))}
        />
      }
      note={<span title={note}>{note}</span>}
    />
  );
}
