"use client";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { FormNote } from "@/components/ui/form/form-note";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Table, Td, Th } from "@/components/ui/table";
import type { PreviewNode } from "@/lib/model/actions/action.schema";
import { flushRefusalOf } from "./refusal";
import { useFlushRefusalText } from "./use-refusal";

/** The most rows; the sums above include every node. */
const ROWS = 100;

/** The impact on each of several nodes, most hits first, and which nodes are skipped and why. */
export function FlushImpactNodes({ nodes }: { readonly nodes: readonly PreviewNode[] }) {
  const t = useTranslations("action.flush");
  const format = useFormat();
  const textOf = useFlushRefusalText();
  const refused = nodes.flatMap((node) => {
    const refusal = flushRefusalOf(node);
    return refusal === null ? [] : [{ node: node.node, text: textOf(refusal) }];
  });
  const out = new Set(refused.map(({ node }) => node));
  const taking = nodes
    .filter((node) => !out.has(node.node))
    .sort((a, b) => (b.hitsPerSecond ?? -1) - (a.hitsPerSecond ?? -1));
  return (
    <>
      {refused.length > 0 && (
        <FormNote tone="warn">
          {t("leftOut", { count: refused.length })}
          <ul className="mt-1 max-h-32 overflow-y-auto text-xs">
            {refused.slice(0, ROWS).map(({ node, text }) => (
              <li key={node}>
                <span className="font-mono">{escapedText(node)}</span>: {text}
              </li>
            ))}
          </ul>
        </FormNote>
      )}
      <details open={taking.length <= 10}>
        <summary className="text-muted">{t("perNode", { count: taking.length })}</summary>
        <div className="mt-1.5 max-h-56 overflow-y-auto rounded-lg border border-line">
          <Table label={t("perNode", { count: taking.length })}>
            <thead>
              <tr>
                <Th>{t("node")}</Th>
                <Th numeric>{t("hitsShort")}</Th>
                <Th numeric>curr_items</Th>
                <Th numeric>bytes</Th>
              </tr>
            </thead>
            <tbody>
              {taking.slice(0, ROWS).map((node) => (
                <tr key={node.node}>
                  <Td className="font-mono text-xs">{escapedText(node.node)}</Td>
                  <Td numeric>{format.rate(node.hitsPerSecond)}</Td>
                  <Td numeric>{format.count(node.items)}</Td>
                  <Td numeric>{format.bytes(node.bytes)}</Td>
                </tr>
              ))}
            </tbody>
          </Table>
        </div>
        {taking.length > ROWS && (
          <p className="mt-1 text-muted text-xs">{t("perNodeMore", { count: ROWS })}</p>
        )}
      </details>
    </>
  );
}
