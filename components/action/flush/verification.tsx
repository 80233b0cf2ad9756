"use client";
import { useTranslations } from "use-intl";
import { Instant } from "@/components/ui/age";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Table, Td, Th } from "@/components/ui/table";
import type { ActionTarget, Measurements, PreviewNode } from "@/lib/model/actions/action.schema";

interface FlushProofProps {
  readonly target: ActionTarget;
  /** The expected change of `curr_items`. */
  readonly expected: PreviewNode["itemsAfterwards"];
}

/** The node's stats before and after, side by side; `after` is updated for a minute. */
export function FlushVerification({ target, expected }: FlushProofProps) {
  const t = useTranslations("action.flush.verification");
  const { before, after } = target;
  if (before === null && after === null) return null;
  const columns: { readonly name: string; readonly values: Measurements }[] = [];
  if (before !== null) columns.push({ name: t("before"), values: before });
  if (after !== null) columns.push({ name: t("after"), values: after });
  return (
    <>
      <ProofTable columns={columns} />
      <ItemsSentence target={target} expected={expected} />
    </>
  );
}

interface ProofTableProps {
  readonly columns: readonly { readonly name: string; readonly values: Measurements }[];
}

type Show = "integer" | "bytes" | "ratio";

/** In this order; a row that no column reports is omitted. */
const ROWS: readonly (readonly [label: string, stat: string, show: Show])[] = [
  ["cmd_flush", "cmdFlush", "integer"],
  ["curr_items", "currItems", "integer"],
  ["bytes", "bytes", "bytes"],
  ["get_flushed", "getFlushed", "integer"],
  ["reclaimed", "reclaimed", "integer"],
  ["expired_unfetched", "expiredUnfetched", "integer"],
];

function ProofTable({ columns }: ProofTableProps) {
  const t = useTranslations("action.flush.verification");
  const format = useFormat();
  const rows: readonly (readonly [string, string, Show])[] = [...ROWS, [t("hitRatio"), "hitRatio", "ratio"]];
  const reported = rows.filter(([, name]) => columns.some(({ values }) => typeof values[name] === "number"));
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
        {reported.map(([label, name, show]) => (
          <tr key={name}>
            <Td>{label}</Td>
            {columns.map((column) => (
              <Td key={column.name} numeric>
                {format[show](column.values[name])}
              </Td>
            ))}
          </tr>
        ))}
        <tr className="text-muted">
          <Td>{t("at")}</Td>
          {columns.map(({ name, values }) => (
            <Td key={name} numeric>
              {typeof values.atMs === "number" ? <Instant atMs={values.atMs} show="timeSeconds" /> : "–"}
            </Td>
          ))}
        </tr>
      </tbody>
    </Table>
  );
}

function ItemsSentence({ target, expected }: FlushProofProps) {
  const t = useTranslations("action.flush.verification");
  const format = useFormat();
  const before = target.before?.currItems ?? null;
  const after = target.after?.currItems ?? null;
  if (target.state !== "verified" || before === null || after === null || before === 0) return null;
  const text =
    after === 0
      ? t("gone")
      : after >= before
        ? t(expected === "fallWithinSeconds" ? "stillFall" : "stillStay")
        : t("fewer", { count: format.integer(before - after) });
  return <p className="text-muted">{text}</p>;
}
