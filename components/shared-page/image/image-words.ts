/** The text of a share's image, in one language. */
import { createTranslator } from "use-intl/core";
import { compiledMessagesOf } from "@/components/i18n/compiled-messages";
import type { Locale } from "@/components/i18n/locale";
import * as format from "@/lib/model/format";
import type { ShareStatus } from "@/lib/model/share.schema";
import { nameOf, summaryOf } from "../summary";

export interface ImageTile {
  readonly name: string;
  readonly value: string;
  readonly note: string;
}

export interface ImageWords {
  readonly name: string;
  readonly tone: ReturnType<typeof summaryOf>["tone"];
  readonly status: string;
  readonly since: string;
  readonly tiles: readonly ImageTile[];
  readonly asOf: string;
}

/** A crawler has no time zone: times are in UTC and labelled so. */
const ZONE = "UTC";

export function imageWords(status: ShareStatus, locale: Locale): ImageWords {
  const messages = compiledMessagesOf(locale);
  const t = createTranslator({ locale, messages, namespace: "share.status", timeZone: ZONE });
  const words = createTranslator({ locale, messages, namespace: "status.status", timeZone: ZONE });
  const summary = summaryOf(status);
  const instant = (atMs: number) => `${format.formatInstant(atMs, locale, ZONE)} ${ZONE}`;
  const [only] = status.nodes;
  const single = status.nodes.length === 1 ? only : undefined;
  const atMs = status.frozenMs ?? status.atMs;
  return {
    name: nameOf(status),
    tone: summary.tone,
    status:
      single !== undefined
        ? words(single.status)
        : summary.nodes === 0
          ? t("nothing")
          : summary.notUp === 0
            ? t("allUp", { count: summary.nodes })
            : t("someDown", { count: summary.nodes, down: summary.notUp }),
    since: summary.sinceMs === null ? "" : t("since", { at: instant(summary.sinceMs) }),
    tiles: imageTiles(status, locale).map(({ name, value, note }) => ({ name, value, note })),
    asOf: atMs === null ? t("never") : t("frozen", { at: instant(atMs) }),
  };
}

function imageTiles(status: ShareStatus, locale: Locale): ImageTile[] {
  const messages = compiledMessagesOf(locale);
  const t = createTranslator({ locale, messages, namespace: "share.status", timeZone: ZONE });
  const { fields, summary } = status;
  const bytes = format.formatBytesOf(summary.bytes, summary.limitMaxbytes, locale);
  const of = (limit: number | null, text: string) => (limit === null ? "" : t("of", { limit: text }));
  const tiles: (ImageTile & { readonly field: (typeof fields)[number] })[] = [
    {
      field: "hitRatio",
      name: t("hitRatio"),
      value: format.formatRatio(summary.hitRatio, locale),
      note: summary.hitRatio === null ? t("noGets") : "",
    },
    { field: "memory", name: t("memory"), value: bytes.part, note: of(summary.limitMaxbytes, bytes.whole) },
    {
      field: "connections",
      name: t("connections"),
      value: format.formatCount(summary.currConnections, locale),
      note: of(summary.maxConnections, format.formatCount(summary.maxConnections, locale)),
    },
  ];
  return tiles.filter(({ field }) => fields.includes(field));
}
