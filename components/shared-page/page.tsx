"use client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { FormNote } from "@/components/ui/form/form-note";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Empty } from "@/components/ui/placeholder/empty";
import { useSharedStatus } from "@/lib/client/queries/shares";
import type { ShareStatus } from "@/lib/model/share.schema";
import { SharedFrame } from "./frame";
import { SharedFreshness } from "./freshness";
import { SharedStatus } from "./status";

interface SharedPageProps {
  readonly token: string;
  readonly initial: ShareStatus;
  /** The poll interval, milliseconds. */
  readonly pollIntervalMs: number;
}

/** A revoked link has to close within 30 s, however long the poll interval. */
const ASK_AT_MOST_MS = 5_000;
const ASK_AT_LEAST_MS = 15_000;

/** The page of a share link. It reads only its own status. */
export function SharedPage(props: SharedPageProps) {
  const [client] = useState(() => new QueryClient());
  return (
    <QueryClientProvider client={client}>
      <Watched {...props} />
    </QueryClientProvider>
  );
}

function Watched({ token, initial, pollIntervalMs }: SharedPageProps) {
  const t = useTranslations("share");
  const format = useFormat();
  const intervalMs = Math.min(Math.max(pollIntervalMs, ASK_AT_MOST_MS), ASK_AT_LEAST_MS);
  const { data: status, error, dataUpdatedAt } = useSharedStatus(token, initial, intervalMs);
  if (error?.status === 404) return <SharedEnded />;
  return (
    <SharedFrame
      fresh={
        <SharedFreshness
          status={status}
          receivedMs={dataUpdatedAt}
          intervalMs={Math.max(intervalMs, pollIntervalMs)}
        />
      }
      footer={t("status.footer", { at: format.instant(status.expiresMs) })}
    >
      {error !== null && (
        <div className="mb-3">
          <FormNote tone="warn">{t("lost")}</FormNote>
        </div>
      )}
      <SharedStatus status={status} as="page" />
    </SharedFrame>
  );
}

/** An open page whose link was revoked or has expired: its data is removed. */
function SharedEnded() {
  const t = useTranslations("share.ended");
  return (
    <SharedFrame>
      <div role="alert">
        <h1 className="sr-only">{t("title")}</h1>
        <Empty title={t("title")}>
          <p>{t("text")}</p>
        </Empty>
      </div>
    </SharedFrame>
  );
}
