"use client";
import { Stethoscope } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslations } from "use-intl";
import { GuardedButton } from "@/components/access/guarded-button";
import { useRefusal } from "@/components/access/use-refusal";
import type { RunScope } from "./dialog";

const RunDialog = lazy(() => import("./dialog"));

interface RunButtonProps {
  readonly scope: RunScope;
  readonly onStarted: (id: string) => void;
}

/** Opens the dialog that selects and starts probes; disabled with the reason if the user may not. */
export function RunButton({ scope, onStarted }: RunButtonProps) {
  const t = useTranslations("diagnostics.run");
  const [open, setOpen] = useState(false);
  const refusal = useRefusal("operator");
  return (
    <>
      <GuardedButton refusal={refusal} tone="primary" onOpen={() => setOpen(true)}>
        <Stethoscope size={14} aria-hidden="true" />
        {t("button")}
      </GuardedButton>
      {open && (
        <Suspense>
          <RunDialog
            scope={scope}
            onClose={() => setOpen(false)}
            onStarted={(id) => {
              setOpen(false);
              onStarted(id);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
