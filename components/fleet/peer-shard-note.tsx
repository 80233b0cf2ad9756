"use client";
import { useTranslations } from "use-intl";

interface PeerShardNoteProps {
  /** Nodes that other processes poll. */
  readonly count: number;
  readonly nodes: number;
}

/** Notes that values of some nodes come from other processes. */
export default function PeerShardNote({ count, nodes }: PeerShardNoteProps) {
  const t = useTranslations("status.elsewhere");
  return <p className="mt-2 text-muted text-xs">{t("some", { count, nodes })}</p>;
}
