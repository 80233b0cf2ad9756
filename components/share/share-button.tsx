"use client";
import { Share2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslations } from "use-intl";
import { useMaySee, useRefusal } from "../access/use-refusal";
import { Button } from "../ui/button";
import { Tooltip } from "../ui/tooltip";
import type { ShareScope } from "./share-draft";

const ShareDialog = lazy(() => import("./share-dialog"));

/** Opens the dialog that makes a share link. Not there for those whose role makes none. */
export function ShareButton({ scope }: { readonly scope: ShareScope }) {
  const t = useTranslations("share");
  const [open, setOpen] = useState(false);
  const refusal = useRefusal("operator");
  if (!useMaySee("operator")) return null;
  const button = (
    <Button
      tone="primary"
      aria-disabled={refusal !== null}
      aria-haspopup="dialog"
      onClick={() => refusal === null && setOpen(true)}
      className={refusal === null ? undefined : "cursor-not-allowed opacity-60"}
    >
      <Share2 size={14} aria-hidden="true" />
      {t("button")}
    </Button>
  );
  return (
    <>
      {refusal === null ? button : <Tooltip text={refusal}>{button}</Tooltip>}
      {open && (
        <Suspense>
          <ShareDialog scope={scope} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
