"use client";
import { Plus } from "lucide-react";
import { useTranslations } from "use-intl";
import { EscapedText } from "@/components/node/stats/escaped-text";
import { Button } from "@/components/ui/button";
import { COMPARE_NODES } from "@/lib/model/compare";
import type { Node } from "@/lib/model/node/node.schema";

const SHOWN_NODES = 24;
const SHOWN_POOLS = 12;

interface PickListProps {
  /** Worst first, as the fleet has them. */
  readonly nodes: readonly Node[];
  readonly chosen: readonly string[];
  readonly onChoose: (nodes: readonly string[]) => void;
}

/** Where a comparison begins: whole pools, and the first nodes to add. */
export function PickList({ nodes, chosen, onChoose }: PickListProps) {
  const t = useTranslations("compare.pick");
  const pools = new Map<string, string[]>();
  for (const { id, pool } of nodes) {
    const members = pools.get(pool);
    if (members === undefined) pools.set(pool, [id]);
    else members.push(id);
  }
  const whole = [...pools].filter(([, members]) => members.length >= COMPARE_NODES.least);
  const addable = nodes.filter(({ id }) => !chosen.includes(id)).slice(0, SHOWN_NODES);
  return (
    <div className="mt-1 flex w-full min-w-0 flex-col gap-3">
      {whole.length === 0 || chosen.length > 0 ? null : (
        <ul className="flex flex-wrap gap-2" aria-label={t("pools")}>
          {whole.slice(0, SHOWN_POOLS).map(([pool, members]) => (
            <li key={pool}>
              <Button onClick={() => onChoose(members.slice(0, COMPARE_NODES.most))}>
                {t("pool", { pool, count: Math.min(members.length, COMPARE_NODES.most) })}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <ul className="flex flex-wrap gap-2" aria-label={t("nodes")}>
        {addable.map(({ id }) => (
          <li key={id} className="min-w-0 max-w-full">
            <Button className="max-w-full" onClick={() => onChoose([...chosen, id])}>
              <Plus size={13} aria-hidden="true" className="shrink-0" />
              <span className="truncate">
                <EscapedText text={id} />
              </span>
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
