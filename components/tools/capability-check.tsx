"use client";
import { useTranslations } from "use-intl";
import { ActionOutcome } from "@/components/action/action-outcome";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Button } from "@/components/ui/button";
import { Hint } from "@/components/ui/overlay/tooltip";
import { Panel } from "@/components/ui/panel";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Tag, type Tone } from "@/components/ui/status/tag";
import { Table, Td, Th } from "@/components/ui/table";
import { useRunAction } from "@/lib/client/queries/actions";
import type { CheckRow } from "@/lib/model/actions/action.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { useCanAct } from "./use-can-act";

const TONES: Record<CheckRow["verdict"], Tone> = {
  passed: "ok",
  failed: "crit",
  notOffered: "off",
  notTried: "off",
};

/** Which commands of the protocol work on the node, tested on dedicated keys; nothing is flushed. */
export function CapabilityCheck({ node }: { readonly node: Node }) {
  const t = useTranslations("tools.check");
  const { start, action, busy, error } = useRunAction();
  const may = useCanAct("capability_check");
  const [target] = action?.targets ?? [];
  return (
    <Panel title={<Hint text={t("meaning")}>{t("title")}</Hint>}>
      <Button
        disabled={busy || may.refusal !== null}
        title={may.refusal ?? undefined}
        onClick={() => start({ kind: "capability_check", nodes: [node.id], input: {} })}
      >
        {t(busy ? "busy" : "start")}
      </Button>
      <div role="status" className="mt-3">
        {error !== null && <ErrorNote what={t("running")} node={node.id} error={error} />}
        <ActionOutcome action={action} />
      </div>
      {target?.rows !== undefined && <Rows rows={target.rows} />}
    </Panel>
  );
}

function Rows({ rows }: { readonly rows: readonly CheckRow[] }) {
  const t = useTranslations("tools.check");
  return (
    <div className="mt-3 max-h-80 overflow-y-auto rounded-lg border border-line">
      <Table label={t("title")}>
        <thead>
          <tr>
            <Th>{t("tried")}</Th>
            <Th>{t("verdict")}</Th>
            <Th>{t("instead")}</Th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <Td className="font-mono text-xs">{escapedText(row.name)}</Td>
              <Td>
                <Tag tone={TONES[row.verdict]}>{t(row.verdict)}</Tag>
              </Td>
              <Td className="whitespace-normal text-muted text-xs">{escapedText(row.detail ?? "")}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
