"use client";
import { useTranslations } from "use-intl";
import { Dialog } from "@/components/ui/overlay/dialog";

const KEYS = [
  { keys: ["/"], does: "search" },
  { keys: ["g", "f"], does: "fleet" },
  { keys: ["g", "d"], does: "diagnostics" },
  { keys: ["Ctrl", "K"], does: "palette" },
  { keys: ["←", "→", "↑", "↓"], does: "cells" },
  { keys: ["Enter"], does: "open" },
  { keys: ["Esc"], does: "close" },
  { keys: ["?"], does: "help" },
] as const;

/** Keyboard shortcuts and the meaning of shapes. Loaded on demand. */
export default function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useTranslations("shell.help");
  return (
    <Dialog open title={t("title")} onClose={onClose}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2">
        {KEYS.map(({ keys, does }) => (
          <div key={does} className="contents">
            <dt className="flex gap-1">
              {keys.map((key) => (
                <kbd key={key} className="rounded border border-line px-1.5 font-mono text-xs">
                  {key}
                </kbd>
              ))}
            </dt>
            <dd className="text-muted">{t(`keys.${does}`)}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-4 text-muted">{t("truth")}</p>
    </Dialog>
  );
}
