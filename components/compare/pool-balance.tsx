"use client";
import { useTranslations } from "use-intl";
import { EscapedText, escapedText } from "@/components/node/stats/escaped-text";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Hint } from "@/components/ui/overlay/tooltip";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Tag, type Tone } from "@/components/ui/status/tag";
import { Table, Td, Th } from "@/components/ui/table";
import { nodePath, ViewLink } from "@/components/ui/view-link";
import { usePoolBalance } from "@/lib/client/queries/compare";
import type { BalanceVerdict } from "@/lib/model/compare";
import type { Balance } from "@/lib/model/compare.schema";

const TONE: Readonly<Record<BalanceVerdict, Tone>> = {
  even: "ok",
  ring: "warn",
  placement: "warn",
  hotKeys: "warn",
  unknown: "off",
};

/** Nodes listed: those that serve the most. */
const SHOWN = 5;

/** Shows whether a busy node owns more of the key space, or has keys that are requested more often. */
export function PoolBalance({ pool }: { readonly pool: string }) {
  const t = useTranslations("compare.balance");
  const query = usePoolBalance(pool);
  const balance = query.data;
  if (balance === undefined) {
    return query.error === null ? null : (
      <ErrorNote what={t("reading")} error={query.error} onRetry={() => void query.refetch()} />
    );
  }
  return (
    <section className="min-w-0">
      <header className="mb-1 flex flex-wrap items-baseline gap-x-3">
        <h3 className="font-semibold">
          <Hint text={t("meaning")}>{t("title")}</Hint>
        </h3>
        <Tag tone={TONE[balance.verdict]}>{t(`verdicts.${balance.verdict}`)}</Tag>
        <span className="text-muted text-xs">{t("hashing", { hashing: balance.title })}</span>
      </header>
      <p className="mb-1.5 max-w-[110ch] text-muted">
        {t(`sentences.${balance.verdict}`, { node: escapedText(balance.node ?? "") })}
      </p>
      {balance.shares.length > 0 && <Shares balance={balance} />}
    </section>
  );
}

function Shares({ balance }: { readonly balance: Balance }) {
  const t = useTranslations("compare.balance");
  const format = useFormat();
  const times = (factor: number | null) =>
    factor === null ? "–" : t("times", { factor: format.rate(factor) });
  return (
    <>
      <Table label={t("title")}>
        <thead>
          <tr>
            <Th>{t("node")}</Th>
            <Th numeric>{t("keySpace")}</Th>
            <Th numeric>{t("items")}</Th>
            <Th numeric>{t("itemsFactor")}</Th>
            <Th numeric>{t("gets")}</Th>
            <Th numeric>{t("getsFactor")}</Th>
          </tr>
        </thead>
        <tbody>
          {balance.shares.slice(0, SHOWN).map((share) => (
            <tr key={share.node}>
              <Td className="font-mono text-xs">
                <ViewLink href={nodePath(share.node)} className="hover:underline">
                  <EscapedText text={share.node} />
                </ViewLink>
              </Td>
              <Td numeric>{format.ratio(share.keySpace, 2)}</Td>
              <Td numeric>{format.ratio(share.items, 2)}</Td>
              <Td numeric className="text-muted">
                {times(share.itemsFactor)}
              </Td>
              <Td numeric>{format.ratio(share.gets, 2)}</Td>
              <Td numeric className="text-muted">
                {times(share.getsFactor)}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
      {balance.nodes > SHOWN && (
        <p className="mt-1 text-muted text-xs">{t("shown", { shown: SHOWN, nodes: balance.nodes })}</p>
      )}
    </>
  );
}
