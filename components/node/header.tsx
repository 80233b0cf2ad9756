"use client";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { sentenceCase } from "@/components/i18n/sentence-case";
import { Age, Instant } from "@/components/ui/age";
import { useFormat } from "@/components/ui/hooks/use-format";
import { causeOf } from "@/components/ui/status/health-cause";
import { Pill } from "@/components/ui/status/pill";
import { StatusTag } from "@/components/ui/status/status-tag";
import { nodePath, ViewLink } from "@/components/ui/view-link";
import type { Node } from "@/lib/model/node/node.schema";
import { parseVersion } from "@/lib/model/node/server-version";
import { IdentityNotes } from "./identity-notes";
import { EscapedText, escapedText } from "./stats/escaped-text";

interface NodeHeaderProps {
  readonly node: Node;
  /** Collected or live; null when unknown. */
  readonly version: string | null;
  /** `udpport` of the settings; null when unknown. */
  readonly udpPort: string | null;
  /** Buttons that act on the node. */
  readonly actions?: ReactNode;
}

const CAUSE_COLOURS: Partial<Record<Node["health"]["state"], string>> = {
  warning: "font-medium text-warn",
  critical: "font-medium text-crit",
};

/** The status of the node with its reason and time, and its main properties. */
export function NodeHeader({ node, version, udpPort, actions }: NodeHeaderProps) {
  const t = useTranslations("node.header");
  const reason = useTranslations("status.reason");
  const status = useTranslations("status.status");
  const elsewhere = useTranslations("status.elsewhere");
  const why = useTranslations("status.cause");
  const cause = causeOf(node);
  const format = useFormat();
  const up = node.status === "up";
  return (
    <header className="mb-2.5">
      <div className="flex flex-wrap items-center gap-1.5">
        <StatusTag
          status={node.status}
          health={node.health.state}
          reason={node.statusCode}
          elsewhere={node.elsewhere}
        />
        {cause === null ? null : <span className={CAUSE_COLOURS[node.health.state]}>{why(cause)}</span>}
        {node.elsewhere ? <Pill title={elsewhere("means")}>{elsewhere("tag")}</Pill> : null}
        <VersionPill version={version} />
        {node.proxy === null ? null : <Pill title={t("proxyMeaning")}>{t(`proxy.${node.proxy}`)}</Pill>}
        {node.lacking.stats === "noStats" ? <Pill title={t("noStatsMeaning")}>{t("noStats")}</Pill> : null}
        {up && node.uptimeSeconds !== null ? (
          <Pill title={t("uptimeExact", { seconds: format.integer(node.uptimeSeconds) })}>
            {t("uptime", { duration: format.duration(node.uptimeSeconds) })}
          </Pill>
        ) : null}
        <Pill title={t(`authMeaning.${node.auth}`)}>{t(`auth.${node.auth}`)}</Pill>
        <Pill title={t(node.tls ? "tlsMeaning" : "noTlsMeaning")}>{t(node.tls ? "tls" : "noTls")}</Pill>
        {node.protocol === null ? null : (
          <Pill title={t("protocolMeaning")}>{t(`protocol.${node.protocol}`)}</Pill>
        )}
        {udpPort === null ? null : (
          <Pill title={t("udpMeaning")}>
            {udpPort === "0" ? (
              t("udpOff")
            ) : (
              <span className="text-warn">{t("udp", { port: escapedText(udpPort) })}</span>
            )}
          </Pill>
        )}
        {node.findings === null ? null : (
          <Pill title={t("findingsMeaning")}>
            <ViewLink href={`${nodePath(node.id)}?tab=diagnostics`} className={findingsColour(node.findings)}>
              {node.findings.critical + node.findings.warning === 0
                ? t("noFindings")
                : t("findings", {
                    ...node.findings,
                    both: node.findings.critical > 0 && node.findings.warning > 0 ? "yes" : "no",
                  })}
            </ViewLink>
          </Pill>
        )}
        {node.addressInUse === undefined ? null : (
          <Pill title={t("addressMeaning")}>{node.addressInUse.ip}</Pill>
        )}
        {up && node.latencyMs !== null ? (
          <Pill title={t("latencyMeaning")}>{format.milliseconds(node.latencyMs)}</Pill>
        ) : null}
        {actions === undefined ? null : <div className="ml-auto flex gap-2">{actions}</div>}
      </div>
      {node.elsewhere ? <p className="mt-1.5 text-muted text-xs">{elsewhere("node")}</p> : null}
      <IdentityNotes node={node} />
      {up || node.status === "unknown" ? null : (
        <p className="mt-1.5 text-muted">
          {t.rich(node.statusSinceMs === null ? "stop" : "since", {
            reason: node.statusCode === null ? status(node.status) : sentenceCase(reason(node.statusCode)),
            b: (chunks) => <span className="font-medium text-text">{chunks}</span>,
            at: () => <Instant atMs={node.statusSinceMs ?? 0} />,
            age: () => <Age atMs={node.statusSinceMs ?? 0} />,
          })}{" "}
          {node.atMs === null
            ? t("neverSeen")
            : t.rich("lastKnown", { age: () => <Age atMs={node.atMs ?? 0} /> })}
        </p>
      )}
    </header>
  );
}

/** A version that upstream does not number is shown as reported. */
function VersionPill({ version }: { readonly version: string | null }) {
  const t = useTranslations("node.header");
  if (version === null) return null;
  const known = parseVersion(version) !== null;
  return (
    <Pill title={known ? undefined : t("versionUnknownMeaning")}>
      {known ? "memcached" : t("versionUnknown")} <EscapedText text={version} />
    </Pill>
  );
}

function findingsColour({ critical, warning }: NonNullable<Node["findings"]>): string {
  const colour = critical > 0 ? "text-crit" : warning > 0 ? "text-warn" : "";
  return `${colour} hover:underline`;
}
