/** The link preview of a share, 1200 × 630: name, state and a chart. For `next/og`. */

import { axisLabels } from "@/components/charts/chart-format";
import type { Locale } from "@/components/i18n/locale";
import { messagesOf } from "@/components/i18n/messages";
import * as format from "@/lib/model/format";
import type { ShareStatus } from "@/lib/model/share.schema";
import { sharedChartData, shownCharts } from "../charts-data";
import { imageChart } from "./image-chart";
import type { ImageTile, ImageWords } from "./image-words";

export const IMAGE_SIZE = { width: 1200, height: 630 } as const;

/** The light theme: previews appear on other sites. */
const INK = { text: "#16191d", muted: "#545d69", faint: "#646d79", line: "#dfe3e8", soft: "#eef0f3" };
const TONES = {
  ok: { ink: "#0d7351", paper: "#e3f4ed" },
  warn: { ink: "#8f5200", paper: "#fdf1dc" },
  crit: { ink: "#b82233", paper: "#fde8ea" },
  off: { ink: "#545d69", paper: "#eef0f3" },
};
const LINES = ["#2f5fd0", "#b8471b", "#12805c", "#8a3ffc", "#6b7480"];

const PLOT = { width: 1000, height: 178, left: 92 };

interface ChartProps {
  readonly status: ShareStatus;
  readonly locale: Locale;
  /** Replaces characters that the font lacks. */
  readonly drawable: (text: string) => string;
}

interface ShareImageProps extends ChartProps {
  readonly words: ImageWords;
}

export function ShareImage({ status, words, locale, drawable }: ShareImageProps) {
  const tone = TONES[words.tone];
  return (
    <div
      style={{
        display: "flex",
        flexDirection: "column",
        width: "100%",
        height: "100%",
        padding: "38px 52px 32px",
        background: "#ffffff",
        color: INK.text,
        fontFamily: "Noto Sans JP",
      }}
    >
      <div style={{ display: "flex", alignItems: "center", justifyContent: "space-between" }}>
        <Logo />
        <div style={{ display: "flex", fontSize: 22, color: INK.muted }}>{drawable(words.asOf)}</div>
      </div>
      <div style={{ display: "flex", marginTop: 16, fontSize: 46, lineHeight: 1.15 }}>
        {clipped(drawable(words.name), locale === "ja" ? 26 : 40)}
      </div>
      <div style={{ display: "flex", alignItems: "center", marginTop: 12, fontSize: 25 }}>
        <div
          style={{
            display: "flex",
            padding: "4px 14px 6px",
            borderRadius: 9,
            background: tone.paper,
            color: tone.ink,
          }}
        >
          {drawable(words.status)}
        </div>
        <div style={{ display: "flex", marginLeft: 14, color: INK.muted }}>{drawable(words.since)}</div>
      </div>
      <div style={{ display: "flex", marginTop: 18, gap: 56 }}>
        {words.tiles.map((tile) => (
          <Tile key={tile.name} tile={tile} drawable={drawable} />
        ))}
      </div>
      <Chart status={status} locale={locale} drawable={drawable} />
    </div>
  );
}

function clipped(text: string, most: number): string {
  const characters = [...text];
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : text;
}

function Logo() {
  return (
    <div style={{ display: "flex", alignItems: "center", fontSize: 26 }}>
      <svg viewBox="0 0 16 16" width="26" height="26" aria-hidden="true">
        <rect width="7" height="7" rx="2" fill="#2f5fd0" />
        <rect x="9" width="7" height="7" rx="2" fill="#2f5fd0" opacity=".55" />
        <rect y="9" width="7" height="7" rx="2" fill="#2f5fd0" opacity=".3" />
        <rect x="9" y="9" width="7" height="7" rx="2" fill="#2f5fd0" opacity=".8" />
      </svg>
      <div style={{ display: "flex", marginLeft: 12 }}>Memfleet</div>
    </div>
  );
}

function Tile({ tile, drawable }: { readonly tile: ImageTile } & Pick<ChartProps, "drawable">) {
  return (
    <div style={{ display: "flex", flexDirection: "column" }}>
      <div style={{ display: "flex", fontSize: 21, color: INK.muted }}>{drawable(tile.name)}</div>
      <div style={{ display: "flex", alignItems: "baseline" }}>
        <div style={{ display: "flex", fontSize: 40 }}>{drawable(tile.value)}</div>
        <div style={{ display: "flex", marginLeft: 9, fontSize: 22, color: INK.muted }}>
          {drawable(tile.note)}
        </div>
      </div>
    </div>
  );
}

function Chart({ status, locale, drawable }: ChartProps) {
  const texts = messagesOf(locale).share.status;
  const found = shownCharts(status.fields)
    .map((chart) => ({ chart, data: sharedChartData(status, chart, texts.allNodes, locale) }))
    .find(({ data }) => data?.lines.some((line) => line.values.some((value) => value !== null)));
  if (found?.data == null) return null;
  const { chart, data } = found;
  const { width, height, left } = PLOT;
  const drawn = imageChart(data, status.frozenMs ?? status.servedMs, width, height);
  const labels = axisLabels(
    drawn.ticks.map((tick) => tick.value),
    data.unit,
    locale,
  );
  const time = (atMs: number) => drawable(format.formatInstant(atMs, locale, "UTC"));
  return (
    <div style={{ display: "flex", flexDirection: "column", marginTop: "auto" }}>
      <div style={{ display: "flex", fontSize: 20, color: INK.muted, marginBottom: 14 }}>
        {drawable(texts[chart.id])}
      </div>
      <div style={{ display: "flex", position: "relative", height: height + 30 }}>
        {drawn.ticks.map((tick) => (
          <div
            key={tick.value}
            style={{
              display: "flex",
              position: "absolute",
              top: tick.y - 13,
              left: 0,
              width: left - 14,
              justifyContent: "flex-end",
              fontSize: 18,
              color: INK.faint,
            }}
          >
            {drawable(labels.get(tick.value) ?? "")}
          </div>
        ))}
        <svg
          width={width}
          height={height + 2}
          viewBox={`0 -1 ${width} ${height + 2}`}
          style={{ position: "absolute", left, top: 0 }}
          aria-hidden="true"
        >
          {drawn.ticks.map((tick) => (
            <path key={tick.value} d={`M0 ${tick.y}L${width} ${tick.y}`} stroke={INK.soft} strokeWidth="2" />
          ))}
          {drawn.markers.map((marker) => (
            <path
              key={marker.x}
              d={`M${marker.x} 0L${marker.x} ${height}`}
              stroke={marker.down ? TONES.crit.ink : INK.muted}
              strokeWidth="2"
              strokeDasharray="3 5"
            />
          ))}
          {drawn.limit && (
            <path
              d={`M0 ${drawn.limit.y}L${width} ${drawn.limit.y}`}
              stroke={INK.text}
              strokeOpacity="0.55"
              strokeWidth="2"
              strokeDasharray="6 6"
            />
          )}
          {drawn.lines.map((line) => (
            <path key={`area ${line.index}`} d={line.area} fill={LINES[line.index]} fillOpacity="0.12" />
          ))}
          {drawn.lines.map((line) => (
            <path
              key={line.index}
              d={line.path}
              fill="none"
              stroke={LINES[line.index]}
              strokeWidth="4"
              strokeLinejoin="round"
            />
          ))}
        </svg>
        <div
          style={{
            display: "flex",
            position: "absolute",
            left,
            width,
            top: height + 6,
            justifyContent: "space-between",
            fontSize: 18,
            color: INK.faint,
          }}
        >
          <div style={{ display: "flex" }}>{time(data.fromMs)}</div>
          <div style={{ display: "flex" }}>{time(data.toMs)} UTC</div>
        </div>
      </div>
    </div>
  );
}
