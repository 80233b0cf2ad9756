"use client";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Instant } from "@/components/ui/age";
import { Button } from "@/components/ui/button";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Table, Td, Th } from "@/components/ui/table";
import type { AuditEntry } from "@/lib/model/actions/audit.schema";
import { Actor, OutcomeTag, Target } from "./labels";

interface AuditTableProps {
  readonly entries: readonly AuditEntry[];
  readonly onOpen: (entry: AuditEntry) => void;
}

export function AuditTable({ entries, onOpen }: AuditTableProps) {
  const t = useTranslations("action.audit");
  const format = useFormat();
  return (
    <Table label={t("title")}>
      <thead>
        <tr>
          <Th>{t("at")}</Th>
          <Th>{t("who")}</Th>
          <Th>{t("what")}</Th>
          <Th>{t("target")}</Th>
          <Th>{t("outcomeColumn")}</Th>
          <Th>
            <span className="sr-only">{t("details")}</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => {
          const what = t(`kinds.${entry.kind}`);
          return (
            <tr key={entry.id} className="hover:bg-line-soft/50">
              <Td>
                <Instant atMs={entry.atMs} show="dateTime" />
              </Td>
              <Td className="max-w-48 truncate">
                <Actor entry={entry} />{" "}
                {entry.role !== "" && <span className="text-muted">· {entry.role}</span>}
              </Td>
              <Td className="font-medium">{what}</Td>
              <Td className="max-w-72 truncate">
                <Target entry={entry} />
              </Td>
              <Td className="max-w-96 truncate" title={escapedText(entry.detail)}>
                <OutcomeTag outcome={entry.outcome} />{" "}
                <span className="text-muted text-xs">{escapedText(entry.detail)}</span>
              </Td>
              <Td className="text-right">
                <Button
                  tone="quiet"
                  aria-haspopup="dialog"
                  aria-label={t("detailsOf", { what, at: format.instant(entry.atMs, "timeSeconds") })}
                  onClick={() => onOpen(entry)}
                >
                  {t("details")}
                </Button>
              </Td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
