"use client";
import { useTranslations } from "use-intl";
import { EscapedText } from "@/components/node/stats/escaped-text";
import { Age } from "@/components/ui/age";
import type { DISCOVERY_NOTICE_CODES, Notice } from "@/lib/model/fleet.schema";
import { NoticeBar } from "./notice-bar";

type DiscoveryCode = (typeof DISCOVERY_NOTICE_CODES)[number];
export type DiscoveryNotice = Notice & { readonly code: DiscoveryCode };

/** Many sources may fail at once; the first few are enough. */
const SHOWN = 3;

/** Problems of discovery sources. */
export default function DiscoveryNotices({ notices }: { readonly notices: readonly DiscoveryNotice[] }) {
  const t = useTranslations("shell.notice");
  return (
    <>
      {notices.slice(0, SHOWN).map(({ code, detail, sinceMs, pool = "", source, nodes = 0 }) => (
        <NoticeBar key={`${code} ${pool} ${source}`} tone="warn" title={t(`${code}.title`)}>
          {t(`${code}.advice`, { pool, nodes })}{" "}
          {source === undefined ? null : (
            <code>
              <EscapedText text={source} />:
            </code>
          )}{" "}
          <code>
            <EscapedText text={detail} />
          </code>{" "}
          <Age atMs={sinceMs} />
        </NoticeBar>
      ))}
      {notices.length > SHOWN ? (
        <p className="border-line border-b bg-warn-soft px-3 py-2 text-muted md:px-6">
          {t("moreDiscovery", { count: notices.length - SHOWN })}
        </p>
      ) : null}
    </>
  );
}
