"use client";
import { useTranslations } from "use-intl";
import type { NodeStatus } from "@/lib/model/node/node-status";
import type { ReasonCode } from "@/lib/model/node/reasons";
import { Tag, type Tone } from "./tag";

/** The severity of a status, for colour and shape. */
export const STATUS_TONE: Record<NodeStatus, Tone> = {
  up: "ok",
  down: "crit",
  timeout: "crit",
  authFailed: "crit",
  authRequired: "warn",
  protocolError: "crit",
  unknown: "off",
};

interface StatusTagProps {
  readonly status: NodeStatus;
  /** The exact cause, shown on hover. */
  readonly reason?: ReasonCode | null;
  /** Another process polls the node: unknown then means that its data is missing. */
  readonly elsewhere?: boolean;
}

/** A node's status in words. */
export function StatusTag({ status, reason, elsewhere = false }: StatusTagProps) {
  const t = useTranslations("status");
  if (elsewhere && status === "unknown") {
    return (
      <Tag tone="off" title={t("elsewhere.silentMeans")}>
        {t("elsewhere.silent")}
      </Tag>
    );
  }
  return (
    <Tag tone={STATUS_TONE[status]} title={reason ? t(`reason.${reason}`) : undefined}>
      {t(`status.${status}`)}
    </Tag>
  );
}
