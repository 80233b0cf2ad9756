"use client";
import { useTranslations } from "use-intl";
import { EscapedText } from "@/components/node/stats/escaped-text";
import { Th } from "@/components/ui/table";
import { nodePath, ViewLink } from "@/components/ui/view-link";
import type { Compare } from "@/lib/model/compare.schema";

/**
 * A column head for each node; for a node that did not respond, with a note that its values are the last known ones.
 */
export function NodeHeads({ nodes }: { readonly nodes: Compare["nodes"] }) {
  const t = useTranslations("compare");
  return nodes.map(({ id, answered, lastKnownMs }) => (
    <Th key={id} numeric>
      <ViewLink href={nodePath(id)} className="font-mono hover:underline">
        <EscapedText text={id} />
      </ViewLink>
      {!answered && (
        <span className="block font-normal text-warn">
          {t(lastKnownMs === null ? "nothingKnown" : "lastKnown")}
        </span>
      )}
    </Th>
  ));
}
