"use client";
import { useTranslations } from "use-intl";
import type { HealthState } from "@/lib/model/node/health";
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

/** The same of a node's health, which also counts what needs attention while it is up. */
export const HEALTH_TONE: Record<HealthState, Tone> = {
  ok: "ok",
  info: "ok",
  warning: "warn",
  critical: "crit",
  unknown: "off",
};

interface StatusTagProps {
  readonly status: NodeStatus;
  /** Where it is known; the status alone decides the colour otherwise. */
  readonly health?: HealthState | undefined;
  /** The exact cause, shown on hover. */
  readonly reason?: ReasonCode | null;
  /** Another process polls the node: unknown then means that its data is missing. */
  readonly elsewhere?: boolean;
}

/** A node's status in words. */
export function StatusTag({ status, health, reason, elsewhere = false }: StatusTagProps) {
  const t = useTranslations("status");
  if (elsewhere && status === "unknown") {
    return (
      <Tag tone="off" title={t("elsewhere.silentMeans")}>
        {t("elsewhere.silent")}
      </Tag>
    );
  }
  return (
    <Tag
      tone={health === undefined ? STATUS_TONE[status] : HEALTH_TONE[health]}
      title={reason ? t(`reason.${reason}`) : undefined}
    >
      {t(`status.${status}`)}
    </Tag>
  );
}
