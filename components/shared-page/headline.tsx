"use client";
import { useTranslations } from "use-intl";
import { EscapedText } from "@/components/node/stats/escaped-text";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Pill } from "@/components/ui/status/pill";
import { StatusTag } from "@/components/ui/status/status-tag";
import { Tag } from "@/components/ui/status/tag";
import type { ShareStatus } from "@/lib/model/share.schema";
import { nameOf, summaryOf } from "./summary";

interface SharedHeadlineProps {
  readonly status: ShareStatus;
  /** The title's element: `h1` on a page, `p` in a preview inside a dialog. */
  readonly level: "h1" | "p";
}

/** Title, state, and since when. */
export function SharedHeadline({ status, level: Heading }: SharedHeadlineProps) {
  const t = useTranslations("share.status");
  const format = useFormat();
  const summary = summaryOf(status);
  const name = nameOf(status);
  const [only] = status.nodes;
  const single = status.nodes.length === 1 && only !== undefined ? only : null;
  return (
    <div className="flex flex-col gap-2">
      <Heading className="break-words font-semibold text-xl tracking-tight">
        <EscapedText text={name} />
      </Heading>
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        {single === null ? (
          <Tag tone={summary.tone}>
            {summary.nodes === 0
              ? t("nothing")
              : summary.notUp === 0
                ? t("allUp", { count: summary.nodes })
                : t("someDown", { count: summary.nodes, down: summary.notUp })}
          </Tag>
        ) : (
          <StatusTag status={single.status} />
        )}
        {summary.sinceMs !== null && (
          <time
            dateTime={format.iso(summary.sinceMs)}
            title={format.iso(summary.sinceMs)}
            className="text-muted"
            suppressHydrationWarning
          >
            {t("since", { at: format.instant(summary.sinceMs) })}
          </time>
        )}
        {single !== null && name !== single.name && (
          <Pill>
            <EscapedText text={single.name} />
          </Pill>
        )}
        {status.pool !== null && name !== status.pool && (
          <Pill>
            <EscapedText text={status.pool} />
          </Pill>
        )}
        {single?.version != null && (
          <Pill>
            memcached <EscapedText text={single.version} />
          </Pill>
        )}
      </p>
    </div>
  );
}
