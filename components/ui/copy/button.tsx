"use client";
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { Button } from "../button";

/** Copies text; false when neither the clipboard API nor `execCommand` is allowed. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

interface CopyButtonProps {
  readonly text: string;
  /** What is copied; the accessible name. */
  readonly label: string;
}

/** Copies a text and confirms it. */
export function CopyButton({ text, label }: CopyButtonProps) {
  const t = useTranslations("ui");
  const [outcome, setOutcome] = useState<"copied" | "refused" | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), 2_000);
    return () => clearTimeout(timer);
  }, [outcome]);
  const Icon = outcome === "copied" ? Check : Copy;
  return (
    <Button
      tone="quiet"
      aria-label={label}
      title={label}
      onClick={async () => setOutcome((await copyText(text)) ? "copied" : "refused")}
    >
      <Icon size={13} aria-hidden="true" />
      <span role="status">{outcome !== null && t(outcome)}</span>
    </Button>
  );
}
