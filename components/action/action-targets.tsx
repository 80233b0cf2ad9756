"use client";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Instant } from "@/components/ui/age";
import { Button } from "@/components/ui/button";
import { useFormat } from "@/components/ui/hooks/use-format";
import { useNowMs } from "@/components/ui/hooks/use-now";
import { Tag, type Tone } from "@/components/ui/status/tag";
import { Table, Td, Th } from "@/components/ui/table";
import { nodePath, ViewLink } from "@/components/ui/view-link";
import type { Action, ActionTarget } from "@/lib/model/actions/action.schema";

const TONES: Record<ActionTarget["state"], Tone> = {
  pending: "off",
  sent: "warn",
  verified: "ok",
  failed: "crit",
  skipped: "off",
  cancelled: "off",
};

/** Failures first, then nodes in progress, then waiting ones by their time. */
const ORDER: readonly ActionTarget["state"][] = [
  "failed",
  "sent",
  "pending",
  "verified",
  "skipped",
  "cancelled",
];

const ROWS = 100;

/** Every node of an action, its result, and its stats before and after. */
export function ActionTargets({ action }: { readonly action: Action }) {
  const t = useTranslations("action.progress");
  const [all, setAll] = useState(false);
  const sorted = [...action.targets].sort(
    (a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || (a.dueMs ?? 0) - (b.dueMs ?? 0),
  );
  const shown = all ? sorted : sorted.slice(0, ROWS);
  return (
    <>
      <Table label={t("targets")}>
        <thead>
          <tr>
            <Th>{t("node")}</Th>
            <Th>{t("result")}</Th>
            <Th>{t("sent")}</Th>
            <Th numeric>{t("items")}</Th>
            <Th>{t("seen")}</Th>
          </tr>
        </thead>
        <tbody>
          {shown.map((target) => (
            <tr key={target.node}>
              <Td className="font-mono text-xs">
                <ViewLink href={nodePath(target.node)} className="hover:underline">
                  {escapedText(target.node)}
                </ViewLink>
              </Td>
              <Td>
                <Tag tone={TONES[target.state]}>{t(`target.${target.state}`)}</Tag>
              </Td>
              <Td>
                <When target={target} running={action.state === "running"} />
              </Td>
              <Td numeric>
                <Items target={target} />
              </Td>
              <Td className="min-w-48 whitespace-normal text-muted text-xs">
                {target.detail === null ? "–" : escapedText(target.detail)}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
      {shown.length < sorted.length && (
        <div className="flex justify-center p-3">
          <Button onClick={() => setAll(true)}>{t("showAll", { count: sorted.length })}</Button>
        </div>
      )}
    </>
  );
}

function When({ target, running }: { readonly target: ActionTarget; readonly running: boolean }) {
  const t = useTranslations("action.progress");
  const format = useFormat();
  const nowMs = useNowMs();
  if (target.sentMs !== null) return <Instant atMs={target.sentMs} show="timeSeconds" />;
  if (target.state !== "pending" || target.dueMs === null) return "–";
  const seconds = Math.max(0, Math.ceil((target.dueMs - nowMs) / 1000));
  if (!running || seconds === 0) return t("waiting");
  return (
    <span className="tabular-nums" suppressHydrationWarning>
      {t("in", { seconds: format.duration(seconds) })}
    </span>
  );
}

/** `curr_items` before and after, or the keys that a prefix action matched and removed. */
function Items({ target }: { readonly target: ActionTarget }) {
  const format = useFormat();
  const before = target.before?.currItems;
  const after = target.after?.currItems;
  if (before === undefined && after === undefined) {
    const matched = target.after?.matched;
    if (matched === undefined) return "–";
    const deleted = target.after?.deleted;
    return deleted === undefined
      ? format.integer(matched)
      : `${format.integer(deleted)} / ${format.integer(matched)}`;
  }
  return `${format.count(before)} → ${format.count(after)}`;
}
