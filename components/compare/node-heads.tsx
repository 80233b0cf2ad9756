"use client";
import { useTranslations } from "use-intl";
import { dashesOf } from "@/components/charts/chart-data";
import { LineSample } from "@/components/charts/lines/line-sample";
import { nodeTone } from "@/components/charts/lines/node-tone";
import { EscapedText } from "@/components/node/stats/escaped-text";
import { Th } from "@/components/ui/table";
import { nodePath, ViewLink } from "@/components/ui/view-link";
import type { Compare } from "@/lib/model/compare.schema";

/**
 * A column head for each node, with its line in the charts; for a node that did not respond, with a note that its values are the last known ones.
 */
export function NodeHeads({ nodes }: { readonly nodes: Compare["nodes"] }) {
  const t = useTranslations("compare");
  const lines = nodes.map(({ id }) => ({ tone: nodeTone(id), label: id }));
  const dashes = dashesOf(lines);
  return nodes.map(({ id, answered, lastKnownMs }, position) => (
    <Th key={id} numeric>
      <span className="inline-flex items-center gap-1.5">
        <LineSample tone={nodeTone(id)} dash={dashes[position] ?? null} />
        <ViewLink href={nodePath(id)} className="font-mono hover:underline">
          <EscapedText text={id} />
        </ViewLink>
      </span>
      {!answered && (
        <span className="block font-normal text-warn">
          {t(lastKnownMs === null ? "nothingKnown" : "lastKnown")}
        </span>
      )}
    </Th>
  ));
}
