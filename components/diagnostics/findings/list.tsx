"use client";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Age } from "@/components/ui/age";
import { Button } from "@/components/ui/button";
import { Table, Td, Th } from "@/components/ui/table";
import { nodePath, ViewLink } from "@/components/ui/view-link";
import type { BriefFinding } from "@/lib/model/findings/finding.schema";
import { SeverityTag, VerdictWord } from "../severity-tag";
import { findingKey } from "./finding-name";
import { useFindingText } from "./use-finding-text";

/** A column too wide for a phone; its text is below the sentence there. */
const WIDE = "hidden md:table-cell";

interface FindingListProps {
  readonly findings: readonly BriefFinding[];
  /** False on a node's own page. */
  readonly withNode: boolean;
  /** Results of the previous filters, until the response arrives. */
  readonly stale: boolean;
  /** Null: no further page. */
  readonly more: { readonly busy: boolean; readonly load: () => void } | null;
  readonly onOpen: (finding: BriefFinding) => void;
}

/** Findings, a page at a time. */
export function FindingList({ findings, withNode, stale, more, onOpen }: FindingListProps) {
  const t = useTranslations("diagnostics.list");
  const probe = useTranslations("diagnostics.probe");
  const from = useTranslations("diagnostics.detail");
  const textOf = useFindingText();
  return (
    <div className={`print:hidden ${stale ? "opacity-60" : ""}`} aria-busy={stale}>
      <Table label={t("title")}>
        <thead>
          <tr>
            <Th>{t("severity")}</Th>
            {withNode && <Th className={WIDE}>{t("node")}</Th>}
            <Th className={WIDE}>{t("probe")}</Th>
            <Th>{t("found")}</Th>
            <Th className={WIDE}>{t("verdict")}</Th>
            <Th className={WIDE}>{t("age")}</Th>
            <Th>
              <span className="sr-only">{t("details")}</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {findings.map((finding) => (
            <tr key={findingKey(finding)} className="align-top hover:bg-line-soft">
              <Td>
                <SeverityTag severity={finding.severity} />
              </Td>
              {withNode && (
                <Td className={`${WIDE} font-mono text-xs`}>
                  <ViewLink
                    href={`${nodePath(finding.node)}?tab=diagnostics`}
                    className="block max-w-60 truncate hover:underline"
                    title={escapedText(finding.node)}
                  >
                    {escapedText(finding.node)}
                  </ViewLink>
                </Td>
              )}
              <Td className={`${WIDE} text-muted`}>{probe(finding.probe)}</Td>
              <Td>
                <span className="wrap-anywhere block whitespace-normal md:min-w-64">{textOf(finding)}</span>
                <span className="wrap-anywhere block whitespace-normal text-muted text-xs md:hidden">
                  {withNode && `${escapedText(finding.node)} · `}
                  {probe(finding.probe)} · <VerdictWord verdict={finding.verdict} /> ·{" "}
                  {from("from", { machine: escapedText(finding.probedFrom) })}
                </span>
              </Td>
              <Td className={`${WIDE} text-muted`}>
                <VerdictWord verdict={finding.verdict} />
                <span className="block text-2xs">
                  {from("from", { machine: escapedText(finding.probedFrom) })}
                </span>
              </Td>
              <Td className={`${WIDE} text-muted text-xs`}>
                <Age atMs={finding.atMs} />
              </Td>
              <Td className="text-right">
                <Button
                  tone="quiet"
                  aria-haspopup="dialog"
                  aria-label={t("detailsOf", { what: textOf(finding), node: escapedText(finding.node) })}
                  onClick={() => onOpen(finding)}
                >
                  {t("details")}
                </Button>
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
      {more !== null && (
        <div className="flex justify-center p-3">
          <Button disabled={more.busy} onClick={more.load}>
            {t("more")}
          </Button>
        </div>
      )}
    </div>
  );
}
