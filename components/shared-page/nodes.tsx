"use client";
import { useTranslations } from "use-intl";
import { EscapedText } from "@/components/node/stats/escaped-text";
import { Instant } from "@/components/ui/age";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Panel } from "@/components/ui/panel";
import { StatusTag } from "@/components/ui/status/status-tag";
import { Table, Td, Th } from "@/components/ui/table";
import type { SharedNode, ShareStatus } from "@/lib/model/share.schema";

/** Every shared node with the shared metrics. A single node is already in the heading. */
export function SharedNodes({ status }: { readonly status: ShareStatus }) {
  const t = useTranslations("share.status");
  const { fields, nodes } = status;
  if (nodes.length < 2) return null;
  const has = (field: (typeof fields)[number]) => fields.includes(field);
  return (
    <Panel title={t("nodes")} padded={false}>
      <Table label={t("nodes")}>
        <thead>
          <tr>
            <Th>{t("node")}</Th>
            <Th>{t("status")}</Th>
            <Th>{t("sinceColumn")}</Th>
            {has("version") && <Th>{t("version")}</Th>}
            {has("hitRatio") && <Th numeric>{t("hitRatio")}</Th>}
            {has("memory") && <Th numeric>{t("memory")}</Th>}
            {has("connections") && <Th numeric>{t("connections")}</Th>}
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => (
            <Row key={node.name} node={node} has={has} />
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

interface RowProps {
  readonly node: SharedNode;
  readonly has: (field: ShareStatus["fields"][number]) => boolean;
}

function Row({ node, has }: RowProps) {
  const t = useTranslations("share.status");
  const format = useFormat();
  const memory = format.bytesOf(node.bytes, node.limitMaxbytes);
  return (
    <tr>
      <Td className="font-medium">
        <EscapedText text={node.name} />
      </Td>
      <Td>
        <StatusTag status={node.status} />
      </Td>
      <Td>{node.statusSinceMs === null ? "–" : <Instant atMs={node.statusSinceMs} />}</Td>
      {has("version") && <Td>{node.version === null ? "–" : <EscapedText text={node.version} />}</Td>}
      {has("hitRatio") && <Td numeric>{format.ratio(node.hitRatio)}</Td>}
      {has("memory") && (
        <Td numeric>
          {memory.part}{" "}
          {node.limitMaxbytes !== null && (
            <span className="text-muted">{t("of", { limit: memory.whole })}</span>
          )}
        </Td>
      )}
      {has("connections") && <Td numeric>{format.count(node.currConnections)}</Td>}
    </tr>
  );
}
