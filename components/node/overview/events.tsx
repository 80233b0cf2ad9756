"use client";
import { useTranslations } from "use-intl";
import { Instant } from "@/components/ui/age";
import { Hint } from "@/components/ui/overlay/tooltip";
import { Panel } from "@/components/ui/panel";
import { useWindow } from "@/lib/client/view-state";
import type { Node } from "@/lib/model/node/node.schema";
import type { ReasonCode } from "@/lib/model/node/reasons";
import type { Marker } from "@/lib/model/series.schema";
import { DAY_MS } from "@/lib/model/time";
import { EscapedText } from "../stats/escaped-text";
import { useNodeSeries } from "./use-node-series";

const SHOWN = 20;

/** Events of the node within the page's time range, newest first. */
export function NodeEvents({ node }: { readonly node: Node }) {
  const t = useTranslations("node.events");
  const { window } = useWindow();
  const { data } = useNodeSeries(node.id);
  const newestFirst = [...(data?.markers ?? [])].sort((a, b) => b.atMs - a.atMs);
  return (
    <Panel
      title={<Hint text={t("meaning")}>{t("title")}</Hint>}
      subtitle={newestFirst.length > 0 ? newestFirst.length : null}
    >
      {newestFirst.length === 0 ? (
        <p className="text-muted">{t(data === undefined ? "loading" : "none")}</p>
      ) : (
        <ul className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2.5 gap-y-1 text-muted">
          {newestFirst.slice(0, SHOWN).map((marker) => (
            <li key={`${marker.atMs} ${marker.kind}`} className="contents">
              <span className="whitespace-nowrap text-faint">
                <Instant atMs={marker.atMs} show={window.durationMs > DAY_MS ? "dateTime" : "timeSeconds"} />
              </span>
              <span className="min-w-0">
                <Event marker={marker} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {newestFirst.length > SHOWN ? (
        <p className="mt-1.5 text-faint text-xs">{t("more", { count: newestFirst.length - SHOWN })}</p>
      ) : null}
    </Panel>
  );
}

function Event({ marker }: { readonly marker: Marker }) {
  const t = useTranslations("node.events");
  const reason = useTranslations("status.reason");
  const detail =
    marker.kind === "down" && reason.has(marker.text as ReasonCode)
      ? reason(marker.text as ReasonCode)
      : SAID_BY_KIND.has(marker.kind)
        ? ""
        : marker.text;
  return (
    <>
      <b className={`font-medium ${marker.kind === "down" ? "text-crit" : "text-text"}`}>
        {t(`kinds.${marker.kind}`)}
      </b>
      {detail === "" ? null : (
        <>
          {" "}
          <EscapedText text={detail} />
        </>
      )}
    </>
  );
}

/** Kinds whose text only repeats the kind. */
const SAID_BY_KIND: ReadonlySet<Marker["kind"]> = new Set(["up"]);
