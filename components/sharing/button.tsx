"use client";
import { Share2 } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { GuardedButton } from "@/components/access/guarded-button";
import { useMaySee, useRefusal } from "@/components/access/use-refusal";
import { lazyPanel } from "@/components/ui/lazy-panel";
import type { ShareScope } from "./draft";

const ShareDialog = lazyPanel(() => import("./dialog"));

/** Opens the dialog that creates a share link. Hidden from roles that may not create one. */
export function ShareButton({ scope }: { readonly scope: ShareScope }) {
  const t = useTranslations("share");
  const [open, setOpen] = useState(false);
  const refusal = useRefusal("operator");
  if (!useMaySee("operator")) return null;
  return (
    <>
      <GuardedButton refusal={refusal} tone="primary" onOpen={() => setOpen(true)}>
        <Share2 size={14} aria-hidden="true" />
        {t("button")}
      </GuardedButton>
      {open && <ShareDialog scope={scope} onClose={() => setOpen(false)} />}
    </>
  );
}
