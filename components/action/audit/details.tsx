"use client";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Instant } from "@/components/ui/age";
import { CopyButton } from "@/components/ui/copy/button";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Dialog } from "@/components/ui/overlay/dialog";
import type { AuditEntry } from "@/lib/model/actions/audit.schema";
import { Actor, OutcomeTag, Target } from "./labels";

interface AuditDetailsProps {
  readonly entry: AuditEntry;
  readonly onClose: () => void;
}

/** One entry in full, as recorded. */
export function AuditDetails({ entry, onClose }: AuditDetailsProps) {
  const t = useTranslations("action.audit");
  const format = useFormat();
  const input = JSON.stringify(entry.input, null, 2);
  return (
    <Dialog open onClose={onClose} title={t("dialog.title", { what: t(`kinds.${entry.kind}`) })}>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-5 gap-y-1.5">
        <Row name={t("outcomeColumn")}>
          <OutcomeTag outcome={entry.outcome} />{" "}
          <span className="text-muted">{t(`outcomeMeaning.${entry.outcome}`)}</span>
        </Row>
        <Row name={t("at")}>
          <Instant atMs={entry.atMs} /> <span className="text-muted">{format.iso(entry.atMs)}</span>
        </Row>
        <Row name={t("who")}>
          <Actor entry={entry} />
        </Row>
        <Row name={t("dialog.role")}>{entry.role === "" ? t("dialog.none") : entry.role}</Row>
        <Row name={t("target")}>
          <Target entry={entry} />
        </Row>
        <Row name={t("dialog.detail")}>
          {entry.detail === "" ? (
            <span className="text-faint">{t("dialog.none")}</span>
          ) : (
            escapedText(entry.detail)
          )}
        </Row>
        <Row name={t("dialog.input")}>
          {input === "{}" ? (
            <span className="text-faint">{t("dialog.none")}</span>
          ) : (
            <pre className="overflow-x-auto whitespace-pre-wrap break-all rounded-md bg-line-soft px-2 py-1 font-mono text-xs">
              {escapedText(input).replaceAll("\\u{a}", "\n")}
            </pre>
          )}
        </Row>
        <Row name={t("dialog.id")}>
          <code className="break-all font-mono text-xs">{entry.id}</code>{" "}
          <CopyButton text={JSON.stringify(entry, null, 2)} label={t("dialog.copy")} />
        </Row>
      </dl>
    </Dialog>
  );
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
