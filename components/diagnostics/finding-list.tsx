"use client";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { visibleText } from "@/components/node/visible-text";
import { Age } from "@/components/ui/age";
import { Button } from "@/components/ui/button";
import { Table, Td, Th } from "@/components/ui/table";
import { nodePath, ViewLink } from "@/components/ui/view-link";
import type { Finding } from "@/lib/model/finding";
import { findingKey } from "./posture";
import { SeverityTag, VerdictWord } from "./severity-tag";
import { useFindingText } from "./use-finding-text";

const PAGE = 100;

/** A column that a phone has no room for; its words stand under the sentence there. */
const WIDE = "hidden md:table-cell";

interface FindingListProps {
  readonly findings: readonly Finding[];
  /** The node's name is left out on its own page. */
  readonly withNode: boolean;
  readonly onOpen: (finding: Finding) => void;
}

/** Findings as they come, a page at a time. */
export function FindingList({ findings, withNode, onOpen }: FindingListProps) {
  const t = useTranslations("diagnostics.list");
  const probe = useTranslations("diagnostics.probe");
  const from = useTranslations("diagnostics.detail");
  const textOf = useFindingText();
  const [shown, setShown] = useState(PAGE);
  return (
    <div className="print:hidden">
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
          {findings.slice(0, shown).map((finding) => (
            <tr key={findingKey(finding)} className="align-top hover:bg-line-soft">
              <Td>
                <SeverityTag severity={finding.severity} />
              </Td>
              {withNode && (
                <Td className={`${WIDE} font-mono text-xs`}>
                  <ViewLink href={`${nodePath(finding.node)}?tab=diagnostics`} className="hover:underline">
                    {visibleText(finding.node)}
                  </ViewLink>
                </Td>
              )}
              <Td className={`${WIDE} text-muted`}>{probe(finding.probe)}</Td>
              <Td>
                <span className="block whitespace-normal md:min-w-64">{textOf(finding)}</span>
                <span className="block whitespace-normal text-muted text-xs md:hidden">
                  {withNode && `${visibleText(finding.node)} · `}
                  {probe(finding.probe)} · <VerdictWord verdict={finding.verdict} /> ·{" "}
                  {from("from", { place: visibleText(finding.probedFrom) })}
                </span>
              </Td>
              <Td className={`${WIDE} text-muted`}>
                <VerdictWord verdict={finding.verdict} />
                <span className="block text-2xs">
                  {from("from", { place: visibleText(finding.probedFrom) })}
                </span>
              </Td>
              <Td className={`${WIDE} text-muted text-xs`}>
                <Age atMs={finding.atMs} />
              </Td>
              <Td className="text-right">
                <Button
                  tone="quiet"
                  aria-haspopup="dialog"
                  aria-label={t("detailsOf", { what: textOf(finding), node: visibleText(finding.node) })}
                  onClick={() => onOpen(finding)}
                >
                  {t("details")}
                </Button>
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
      {findings.length > shown && (
        <div className="flex justify-center p-3">
          <Button onClick={() => setShown(shown + PAGE)}>
            {t("more", { count: Math.min(PAGE, findings.length - shown) })}
          </Button>
        </div>
      )}
    </div>
  );
}
