"use client";
import { useTranslations } from "use-intl";
import { Person } from "@/components/access/person";
import { EscapedText } from "@/components/node/stats/escaped-text";
import { Age, Instant } from "@/components/ui/age";
import { Button } from "@/components/ui/button";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Hint, Tooltip } from "@/components/ui/overlay/tooltip";
import { Panel } from "@/components/ui/panel";
import { Table, Td, Th } from "@/components/ui/table";
import { nodePath, poolPath, ViewLink } from "@/components/ui/view-link";
import type { Share } from "@/lib/model/share.schema";

interface SharesTableProps {
  readonly shares: readonly Share[];
  readonly onRevoke: (share: Share) => void;
}

export function SharesTable({ shares, onRevoke }: SharesTableProps) {
  const t = useTranslations("share.list");
  return (
    <Panel padded={false}>
      <Table label={t("title")}>
        <thead>
          <tr>
            <Th>{t("label")}</Th>
            <Th>{t("scope")}</Th>
            <Th>{t("mode")}</Th>
            <Th>{t("by")}</Th>
            <Th>{t("created")}</Th>
            <Th>{t("used")}</Th>
            <Th numeric>
              <Hint text={t("usesMeaning")}>{t("uses")}</Hint>
            </Th>
            <Th>{t("expires")}</Th>
            <Th>
              <span className="sr-only">{t("revoke")}</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {shares.map((share) => (
            <ShareRow key={share.id} share={share} onRevoke={() => onRevoke(share)} />
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

interface ShareRowProps {
  readonly share: Share;
  readonly onRevoke: () => void;
}

function ShareRow({ share, onRevoke }: ShareRowProps) {
  const t = useTranslations("share.list");
  const fields = useTranslations("share.fields");
  const format = useFormat();
  const shown = share.fields.map((field) => fields(field)).join(", ");
  const window = format.duration(share.windowMs / 1000);
  const name = share.label ?? share.pool ?? share.nodes.join(", ");
  const extras = [share.hasPassword ? t("withPassword") : null, share.redacted ? t("redacted") : null].filter(
    (extra) => extra !== null,
  );
  return (
    <tr>
      <Td className="max-w-64 truncate font-medium" title={share.label ?? undefined}>
        {share.label === null ? (
          <span className="font-normal text-faint">{t("noLabel")}</span>
        ) : (
          <EscapedText text={share.label} />
        )}
      </Td>
      <Td title={`${shown} · ${t("window", { window })}`}>
        <Scope share={share} />
      </Td>
      <Td>
        {t(share.mode)}
        {extras.length > 0 && <span className="text-muted"> · {extras.join(" · ")}</span>}
      </Td>
      <Td>
        <Person name={share.createdBy} identity={share.createdByIdentity} />
      </Td>
      <Td>
        <Instant atMs={share.createdMs} />
      </Td>
      <Td>{share.lastUsedMs === null ? t("never") : <Age atMs={share.lastUsedMs} />}</Td>
      <Td numeric>{format.integer(share.uses)}</Td>
      <Td>
        <Instant atMs={share.expiresMs} />
      </Td>
      <Td className="text-right">
        {share.mayRevoke ? (
          <Button tone="harm" onClick={onRevoke} aria-label={t("revokeLabel", { label: name })}>
            {t("revoke")}
          </Button>
        ) : (
          <Tooltip text={t("notYours")}>
            <Button tone="harm" aria-disabled className="cursor-not-allowed opacity-60">
              {t("revoke")}
            </Button>
          </Tooltip>
        )}
      </Td>
    </tr>
  );
}

function Scope({ share }: { readonly share: Share }) {
  const t = useTranslations("share.list");
  const [first] = share.nodes;
  if (share.pool !== null) {
    return (
      <ViewLink href={poolPath(share.pool)} className="hover:underline">
        {t("wholePool", { pool: share.pool })}
      </ViewLink>
    );
  }
  if (share.nodes.length === 1 && first !== undefined) {
    return (
      <ViewLink href={nodePath(first)} className="hover:underline">
        <EscapedText text={first} />
      </ViewLink>
    );
  }
  return <span title={share.nodes.join(", ")}>{t("nodes", { count: share.nodes.length })}</span>;
}
