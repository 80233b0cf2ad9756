"use client";
import { useTranslations } from "use-intl";
import { EscapedText } from "@/components/node/stats/escaped-text";
import { Instant } from "@/components/ui/age";
import { Panel } from "@/components/ui/panel";
import type { Marker } from "@/lib/model/series.schema";
import type { ShareStatus } from "@/lib/model/share.schema";

const SHOWN = 12;
const SAME_MOMENT_MS = 5_000;

/** Newest first. An action that the node itself reports as a flush is listed once. */
export function eventsOf(markers: readonly Marker[]): Marker[] {
  const flushed = (at: Marker) =>
    markers.some(
      (other) =>
        other.kind === "flush" && other.node === at.node && Math.abs(other.atMs - at.atMs) <= SAME_MOMENT_MS,
    );
  return markers
    .filter((marker) => marker.kind !== "action" || !flushed(marker))
    .sort((a, b) => b.atMs - a.atMs);
}

/** Restarts, flushes and outages within the time range, newest first. */
export function SharedEvents({ status }: { readonly status: ShareStatus }) {
  const t = useTranslations("share.status");
  const kinds = useTranslations("charts.marker");
  if (!status.fields.includes("markers")) return null;
  const events = eventsOf(status.markers);
  const rest = events.length - SHOWN;
  return (
    <Panel title={t("events")}>
      {events.length === 0 ? (
        <p className="text-muted">{t("noEvents")}</p>
      ) : (
        <ul className="flex flex-col gap-1">
          {events.slice(0, SHOWN).map((event) => (
            <li key={`${event.atMs} ${event.kind} ${event.node}`} className="flex flex-wrap gap-x-3">
              <span className="min-w-28 shrink-0 whitespace-nowrap text-muted">
                <Instant atMs={event.atMs} />
              </span>
              <span className={event.kind === "down" ? "font-medium text-crit" : "font-medium"}>
                {kinds(event.kind)}
              </span>
              {status.nodes.length > 1 && (
                <span className="text-muted">
                  <EscapedText text={event.node} />
                </span>
              )}
            </li>
          ))}
          {rest > 0 && <li className="text-muted">{t("moreEvents", { count: rest })}</li>}
        </ul>
      )}
    </Panel>
  );
}
