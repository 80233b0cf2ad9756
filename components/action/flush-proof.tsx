"use client";
import { useTranslations } from "use-intl";
import type { ActionTarget } from "@/lib/model/action";
import { Instant } from "../ui/age";
import { Table, Td, Th } from "../ui/table";
import { useFormat } from "../ui/use-format";

/** What the node reported before and after, side by side. */
export function FlushProof({ target }: { readonly target: ActionTarget }) {
  const t = useTranslations("action.flush.proof");
  const format = useFormat();
  const { before, after } = target;
  if (before === null && after === null) return null;
  const rows = [
    { name: "cmd_flush", of: (at: typeof before) => format.integer(at?.cmdFlush) },
    { name: "curr_items", of: (at: typeof before) => format.integer(at?.currItems) },
    { name: "bytes", of: (at: typeof before) => format.bytes(at?.bytes) },
  ];
  return (
    <>
      <Table label={t("figure")}>
        <thead>
          <tr>
            <Th>{t("figure")}</Th>
            <Th numeric>{t("before")}</Th>
            <Th numeric>{t("after")}</Th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, of }) => (
            <tr key={name}>
              <Td>{name}</Td>
              <Td numeric>{of(before)}</Td>
              <Td numeric>{of(after)}</Td>
            </tr>
          ))}
          <tr className="text-muted">
            <Td>{t("at")}</Td>
            <Td numeric>{before === null ? "–" : <Instant atMs={before.atMs} show="timeSeconds" />}</Td>
            <Td numeric>{after === null ? "–" : <Instant atMs={after.atMs} show="timeSeconds" />}</Td>
          </tr>
        </tbody>
      </Table>
      <ItemsSentence target={target} />
    </>
  );
}

function ItemsSentence({ target }: { readonly target: ActionTarget }) {
  const t = useTranslations("action.flush.proof");
  const format = useFormat();
  const before = target.before?.currItems ?? null;
  const after = target.after?.currItems ?? null;
  if (target.state !== "verified" || before === null || after === null || before === 0) return null;
  const text =
    after === 0
      ? t("gone")
      : after >= before
        ? t("still")
        : t("fewer", { count: format.integer(before - after) });
  return <p className="text-muted">{text}</p>;
}
