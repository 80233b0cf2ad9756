"use client";
import { useTranslations } from "use-intl";
import { Empty } from "@/components/ui/placeholder/empty";
import type { LackingReason } from "@/lib/model/node/capability";

interface LackingNoteProps {
  /** What is not there, as a heading. */
  readonly title: string;
  readonly reason: LackingReason;
}

/** Stands where a panel would be that this node cannot fill, and says why. */
export function LackingNote({ title, reason }: LackingNoteProps) {
  const t = useTranslations("status.lacking");
  return (
    <Empty title={title}>
      <p>{t(reason)}</p>
    </Empty>
  );
}
