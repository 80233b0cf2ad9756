"use client";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { Tag } from "@/components/ui/status/tag";
import { Table, Td, Th } from "@/components/ui/table";
import { nodePath, ViewLink } from "@/components/ui/view-link";
import { useKeyOwner } from "@/lib/client/queries/keys";
import type { KeyItem, KeyOwner } from "@/lib/model/node/keys.schema";
import type { Node } from "@/lib/model/node/node.schema";

interface KeyOwnerPanelProps {
  readonly node: Node;
  readonly item: KeyItem;
}

/** The node of the pool that clients use for this key, and the nodes that hold it. Read on request. */
export function KeyOwnerPanel({ node, item }: KeyOwnerPanelProps) {
  const t = useTranslations("keys.owner");
  const [requested, setRequested] = useState(false);
  const { key, keyEncoding } = item;
  const query = useKeyOwner(node.pool, requested ? { key, keyEncoding } : null);
  if (!requested) {
    return (
      <Button tone="quiet" className="self-start text-accent" onClick={() => setRequested(true)}>
        {t("ask", { pool: node.pool })}
      </Button>
    );
  }
  return (
    <section className="flex flex-col gap-2">
      <h3 className="font-semibold">{t("title", { pool: node.pool })}</h3>
      {query.error !== null && (
        <ErrorNote what={t("reading")} error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data === undefined ? (
        query.error === null && <Skeleton className="h-24 w-full" />
      ) : (
        <Owners owner={query.data} />
      )}
    </section>
  );
}

function Owners({ owner }: { readonly owner: KeyOwner }) {
  const t = useTranslations("keys.owner");
  const holders = new Map(owner.found.map((found) => [found.node, found]));
  return (
    <>
      <Table label={t("hashings")}>
        <thead>
          <tr>
            <Th>{t("hashing")}</Th>
            <Th>{t("node")}</Th>
            <Th>{t("isThere")}</Th>
          </tr>
        </thead>
        <tbody>
          {owner.owners.map(({ hashing, title, node }) => (
            <tr key={hashing}>
              <Td>
                {title}
                {hashing === owner.configured && <span className="text-muted"> · {t("configured")}</span>}
              </Td>
              <Td className="font-mono text-xs">
                <ViewLink href={nodePath(node)} className="hover:underline">
                  {escapedText(node)}
                </ViewLink>
              </Td>
              <Td>
                <Presence found={holders.get(node)?.found ?? null} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
      <p className="text-muted">{sentence(owner, t)}</p>
      <ul className="flex flex-col gap-0.5 text-muted text-xs">
        {owner.found
          .filter(({ found }) => found === null)
          .map(({ node, detail }) => (
            <li key={node}>
              {escapedText(node)}: {detail === null ? t("notAsked") : escapedText(detail)}
            </li>
          ))}
      </ul>
    </>
  );
}

function sentence(owner: KeyOwner, t: ReturnType<typeof useTranslations<"keys.owner">>): string {
  const on = owner.found.filter(({ found }) => found === true).map(({ node }) => escapedText(node));
  if (on.length === 0) return t("nowhere");
  return t("on", { nodes: on.join(", "), count: on.length });
}

function Presence({ found }: { readonly found: boolean | null }) {
  const t = useTranslations("keys.owner");
  if (found === null) return <Tag tone="off">{t("unknown")}</Tag>;
  return <Tag tone={found ? "ok" : "off"}>{t(found ? "yes" : "no")}</Tag>;
}
