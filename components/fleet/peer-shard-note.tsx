"use client";
import { useTranslations } from "use-intl";

interface ElsewhereNoteProps {
  /** Nodes that other processes ask. */
  readonly count: number;
  readonly nodes: number;
}

/** Where the figures of some of the nodes come from. */
export default function ElsewhereNote({ count, nodes }: ElsewhereNoteProps) {
  const t = useTranslations("status.elsewhere");
  return <p className="mt-2 text-muted text-xs">{t("some", { count, nodes })}</p>;
}
