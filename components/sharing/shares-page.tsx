"use client";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useMaySee } from "@/components/access/use-refusal";
import { PageBar } from "@/components/shell/page-bar";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/overlay/dialog";
import { Empty } from "@/components/ui/placeholder/empty";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { useRevokeShare, useShares } from "@/lib/client/queries/shares";
import type { Share } from "@/lib/model/share.schema";
import { SharesTable } from "./shares-table";

/** The share links: what they show, who created them, when they were last used, and revoking them. */
export function SharesPage() {
  const t = useTranslations("share.list");
  const operator = useMaySee("operator");
  return (
    <>
      <PageBar title={t("title")} charts={false} />
      {operator ? <Shares /> : <Empty title={t("forbidden")} />}
    </>
  );
}

function Shares() {
  const t = useTranslations("share.list");
  const { data, error, refetch } = useShares();
  const [selected, setSelected] = useState<Share | null>(null);
  const [revoked, setRevoked] = useState(false);
  return (
    <div className="flex flex-col gap-3">
      <p className="max-w-[110ch] text-muted">{t("lead")}</p>
      {error !== null && <ErrorNote what={t("reading")} error={error} onRetry={() => void refetch()} />}
      <p role="status" className={revoked ? "text-ok" : "sr-only"}>
        {revoked && t("revoked")}
      </p>
      {data === undefined ? (
        error === null && <Skeleton className="h-40 w-full" />
      ) : data.shares.length === 0 ? (
        <Empty title={t("empty")}>
          <p>{t("emptyText")}</p>
        </Empty>
      ) : (
        <SharesTable
          shares={data.shares}
          onRevoke={(share) => {
            setRevoked(false);
            setSelected(share);
          }}
        />
      )}
      {selected !== null && (
        <RevokeDialog
          share={selected}
          onClose={(done) => {
            setSelected(null);
            setRevoked(done);
          }}
        />
      )}
    </div>
  );
}

interface RevokeDialogProps {
  readonly share: Share;
  readonly onClose: (revoked: boolean) => void;
}

function RevokeDialog({ share, onClose }: RevokeDialogProps) {
  const t = useTranslations("share.list");
  const revoke = useRevokeShare();
  const name = share.label ?? share.pool ?? share.nodes.join(", ");
  return (
    <Dialog open onClose={() => onClose(false)} title={t("confirmTitle")}>
      <p className="mb-4">{t("confirmText", { label: name })}</p>
      {revoke.error !== null && (
        <div className="mb-3">
          <ErrorNote what={t("revoking")} error={revoke.error} />
        </div>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={() => onClose(false)}>{t("keep")}</Button>
        <Button
          tone="harm"
          disabled={revoke.isPending}
          onClick={() => revoke.mutate(share.id, { onSuccess: () => onClose(true) })}
        >
          {t("confirm")}
        </Button>
      </div>
    </Dialog>
  );
}
