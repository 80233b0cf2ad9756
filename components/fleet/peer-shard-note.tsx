"use client";
import { useTranslations } from "use-intl";

interface PeerShardNoteProps {
  /** Nodes that other processes ask. */
  readonly count: number;
  readonly nodes: number;
}

/** Where the figures of some of the nodes come from. */
export default function PeerShardNote({ count, nodes }: PeerShardNoteProps) {
  const t = useTranslations("status.elsewhere");
  return <p className="mt-2 text-muted text-xs">{t("some", { count, nodes })}</p>;
}
