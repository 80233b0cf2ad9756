/** A share as a badge: status, hit ratio and memory, in words and in colour. */
import type { ShareStatus } from "@/lib/model/share.schema";

const HEIGHT = 20;
const PADDING = 8;
/** Verdana at 11 pixels is about this wide; the text is stretched to fit. */
const CHARACTER = 6.6;
const COLOURS = { good: "#1a7f4b", warning: "#9a6700", bad: "#b42318", unknown: "#57606a" } as const;

/** SVG without scripts, links and fonts. */
export function badgeOf({ label, summary }: ShareStatus): string {
  const name = label === null ? "memcached" : label;
  const parts = [
    summary.nodes === 1 ? (summary.up === 1 ? "up" : "not up") : `${summary.up}/${summary.nodes} up`,
    ...(summary.hitRatio === null ? [] : [`${percent(summary.hitRatio)} hits`]),
    ...(summary.bytes === null || !summary.limitMaxbytes
      ? []
      : [`${percent(summary.bytes / summary.limitMaxbytes)} memory`]),
  ];
  const text = parts.join(" · ");
  const left = widthOf(name);
  const right = widthOf(text);
  const colour = summary.up === summary.nodes ? COLOURS.good : summary.up > 0 ? COLOURS.warning : COLOURS.bad;
  const title = escapeXml(`${name}: ${text}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="${HEIGHT}" role="img" aria-label="${title}">`,
    `<title>${title}</title>`,
    `<clipPath id="r"><rect width="${left + right}" height="${HEIGHT}" rx="4"/></clipPath>`,
    `<g clip-path="url(#r)"><rect width="${left}" height="${HEIGHT}" fill="#32383f"/>`,
    `<rect x="${left}" width="${right}" height="${HEIGHT}" fill="${colour}"/></g>`,
    `<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">`,
    textAt(PADDING, left - 2 * PADDING, name),
    textAt(left + PADDING, right - 2 * PADDING, text),
    "</g></svg>",
  ].join("");
}

function textAt(x: number, width: number, text: string): string {
  return `<text x="${x}" y="14" textLength="${width}" lengthAdjust="spacingAndGlyphs">${escapeXml(text)}</text>`;
}

/** Characters of East Asian scripts are twice as wide. */
function widthOf(text: string): number {
  const units = [...text].reduce((total, character) => total + (character > "\u2e80" ? 1.75 : 1), 0);
  return Math.ceil(units * CHARACTER) + 2 * PADDING;
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(ratio >= 0.9995 ? 0 : 1)}%`;
}

/** Also drops what XML 1.0 does not allow at all. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/gu, "\ufffd")
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
