"use client";
import { useTranslations } from "use-intl";
import { Empty } from "@/components/ui/empty";
import type { Capability, LackingReason } from "@/lib/model/capability";
import type { Node } from "@/lib/model/node";

/** Why the node cannot be asked for something; null when it can. Before the first answer nothing is known. */
export function lackingReason(node: Node, capability: Capability): LackingReason | null {
  if (node.capabilities.includes(capability)) return null;
  return node.lacking[capability] ?? "notAskedYet";
}

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
