"use client";
import { useTranslations } from "use-intl";
import { Empty } from "@/components/ui/placeholder/empty";
import type { LackingReason } from "@/lib/model/node/capability";

interface LackingNoteProps {
  /** What is not available, as a heading. */
  readonly title: string;
  readonly reason: LackingReason;
}

/** Replaces a panel that this node cannot fill, with the reason. */
export function LackingNote({ title, reason }: LackingNoteProps) {
  const t = useTranslations("status.lacking");
  return (
    <Empty title={title}>
      <p>{t(reason)}</p>
    </Empty>
  );
}
