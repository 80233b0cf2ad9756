"use client";
import { useTranslations } from "use-intl";
import { useStats } from "@/lib/client/queries";
import type { ActionTarget, NodeFigures } from "@/lib/model/action";
import type { Node } from "@/lib/model/node";
import { Instant } from "../ui/age";
import { Table, Td, Th } from "../ui/table";
import { useFormat } from "../ui/use-format";
import { itemsAfterFlush } from "./flush-words";

interface FlushProofProps {
  readonly target: ActionTarget;
  /** The node as it is collected now. */
  readonly node: Node;
}

type Figures = Pick<NodeFigures, "atMs" | "currItems" | "bytes"> & { readonly cmdFlush: number | null };

/** What the node reported before and after, and what it reports now, side by side. */
export function FlushProof({ target, node }: FlushProofProps) {
  const t = useTranslations("action.flush.proof");
  const { before, after } = target;
  if (before === null && after === null) return null;
  const columns: { readonly name: string; readonly figures: Figures }[] = [];
  if (before !== null) columns.push({ name: t("before"), figures: before });
  if (after !== null) columns.push({ name: t("after"), figures: after });
  if (after !== null && node.atMs !== null && node.atMs > after.atMs) {
    const { atMs, currItems, bytes } = node;
    columns.push({ name: t("now"), figures: { atMs, currItems, bytes, cmdFlush: null } });
  }
  return (
    <>
      <ProofTable columns={columns} />
      <ItemsSentence target={target} node={node} />
    </>
  );
}

interface ProofTableProps {
  readonly columns: readonly { readonly name: string; readonly figures: Figures }[];
}

function ProofTable({ columns }: ProofTableProps) {
  const t = useTranslations("action.flush.proof");
  const format = useFormat();
  const rows = [
    { name: "cmd_flush", of: (at: Figures) => format.integer(at.cmdFlush) },
    { name: "curr_items", of: (at: Figures) => format.integer(at.currItems) },
    { name: "bytes", of: (at: Figures) => format.bytes(at.bytes) },
  ];
  return (
    <Table label={t("figure")}>
      <thead>
        <tr>
          <Th>{t("figure")}</Th>
          {columns.map(({ name }) => (
            <Th key={name} numeric>
              {name}
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <Td>{row.name}</Td>
            {columns.map(({ name, figures }) => (
              <Td key={name} numeric>
                {row.of(figures)}
              </Td>
            ))}
          </tr>
        ))}
        <tr className="text-muted">
          <Td>{t("at")}</Td>
          {columns.map(({ name, figures }) => (
            <Td key={name} numeric>
              <Instant atMs={figures.atMs} show="timeSeconds" />
            </Td>
          ))}
        </tr>
      </tbody>
    </Table>
  );
}

function ItemsSentence({ target, node }: FlushProofProps) {
  const t = useTranslations("action.flush.proof");
  const format = useFormat();
  const settings = useStats(node.id, "settings", { enabled: node.status === "up" }).data?.entries;
  const before = target.before?.currItems ?? null;
  const after = target.after?.currItems ?? null;
  if (target.state !== "verified" || before === null || after === null || before === 0) return null;
  const falls = itemsAfterFlush(node.version, settings?.lru_maintainer_thread) === "itemsFall";
  const text =
    after === 0
      ? t("gone")
      : after >= before
        ? t(falls ? "stillFall" : "stillStay")
        : t("fewer", { count: format.integer(before - after) });
  return <p className="text-muted">{text}</p>;
}
