"use client";
import { useTranslations } from "use-intl";
import { classNames } from "@/components/ui/class-names";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Meter } from "@/components/ui/status/meter";
import { Tile } from "@/components/ui/tile";
import { ratio } from "@/lib/metrics/ratio";
import type { ShareStatus } from "@/lib/model/share.schema";

/** By the number of tiles. */
const COLUMNS: Readonly<Record<number, string>> = {
  1: "sm:grid-cols-1",
  2: "sm:grid-cols-2",
  3: "sm:grid-cols-3",
};

/** The latest values of the shared metrics, over all shared nodes. */
export function SharedTiles({ status }: { readonly status: ShareStatus }) {
  const t = useTranslations("share.status");
  const format = useFormat();
  const { summary, fields } = status;
  const memory = ratio(summary.bytes, summary.limitMaxbytes);
  const connections = ratio(summary.currConnections, summary.maxConnections);
  const bytes = format.bytesOf(summary.bytes, summary.limitMaxbytes);
  const shown = (["hitRatio", "memory", "connections"] as const).filter((field) => fields.includes(field));
  if (shown.length === 0) return null;
  return (
    <section
      aria-label={t("figures")}
      className={classNames(
        "grid grid-cols-2 gap-px overflow-hidden rounded-[10px] border border-line bg-line-soft [&>*:last-child:nth-child(odd)]:col-span-2 sm:[&>*:last-child:nth-child(odd)]:col-span-1",
        COLUMNS[shown.length],
      )}
    >
      {shown.includes("hitRatio") && (
        <Tile
          title={t("hitRatio")}
          meaning={t("hitRatioMeaning")}
          value={format.ratio(summary.hitRatio)}
          exact={format.exact(summary.hitRatio)}
          graphic={
            <Meter parts={summary.hitRatio === null ? [] : [{ share: summary.hitRatio, tone: "s1" }]} />
          }
          note={summary.hitRatio === null ? t("noGets") : t("lastMinute")}
        />
      )}
      {shown.includes("memory") && (
        <Tile
          title={t("memory")}
          meaning={t("memoryMeaning")}
          value={bytes.part}
          exact={format.exact(summary.bytes)}
          beside={summary.limitMaxbytes !== null && t("of", { limit: bytes.whole })}
          graphic={<Meter parts={memory === null ? [] : [{ share: memory, tone: "s1" }]} />}
          note={memory !== null && t("ofLimit", { share: format.ratio(memory, 0) })}
        />
      )}
      {shown.includes("connections") && (
        <Tile
          title={t("connections")}
          meaning={t("connectionsMeaning")}
          value={format.count(summary.currConnections)}
          exact={format.exact(summary.currConnections)}
          beside={summary.maxConnections !== null && t("of", { limit: format.count(summary.maxConnections) })}
          graphic={
            <Meter
              parts={
                connections === null ? [] : [{ share: connections, tone: connections >= 0.8 ? "warn" : "s1" }]
              }
            />
          }
          note={
            connections !== null &&
            t("ofLimit", { share: format.ratio(connections, connections < 0.1 ? 1 : 0) })
          }
        />
      )}
    </section>
  );
}
