"use client";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { EscapedText } from "@/components/node/stats/escaped-text";
import { Button } from "@/components/ui/button";
import { useFormat } from "@/components/ui/hooks/use-format";
import { useNowMs } from "@/components/ui/hooks/use-now";
import { Table, Td, Th } from "@/components/ui/table";
import { nodePath, ViewLink } from "@/components/ui/view-link";
import type { KeyLine } from "@/lib/model/node/keys.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { type KeySort, keyRows } from "./key-rows";

const PAGE = 500;

interface KeyTableProps {
  readonly node: Node;
  readonly lines: readonly KeyLine[];
  readonly filter: string;
}

/** The listed keys; each links to its item. */
export function KeyTable({ node, lines, filter }: KeyTableProps) {
  const t = useTranslations("keys.list");
  const format = useFormat();
  const nowMs = useNowMs();
  const [sort, setSort] = useState<{ by: KeySort; direction: "asc" | "desc" } | null>(null);
  const [shown, setShown] = useState(PAGE);
  const rows = useMemo(
    () => keyRows(lines, filter, sort?.by ?? null, sort?.direction ?? "asc"),
    [lines, filter, sort],
  );
  const head = (by: KeySort, label: string, numeric = false) => (
    <Th
      numeric={numeric}
      sorted={sort?.by === by ? sort.direction : null}
      onSort={() =>
        setSort({
          by,
          direction: sort?.by === by && sort.direction === "desc" ? "asc" : numeric ? "desc" : "asc",
        })
      }
    >
      {label}
    </Th>
  );
  const ageOf = (unixSeconds: number) => format.age(nowMs / 1000 - unixSeconds);
  return (
    <>
      <Table label={t("title")}>
        <thead>
          <tr>
            {head("key", t("key"))}
            {head("size", t("size"), true)}
            {head("exp", t("expires"), true)}
            {head("la", t("lastAccess"), true)}
            <Th>{t("fetched")}</Th>
            {head("cls", t("class"), true)}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map((line) => (
            <tr key={`${line.keyEncoding} ${line.key}`} className="hover:bg-line-soft">
              <Td className="max-w-[36rem] truncate font-mono text-xs">
                <ViewLink
                  href={`${nodePath(node.id)}?${new URLSearchParams({
                    tab: "keys",
                    key: line.key,
                    ...(line.keyEncoding === "base64" ? { keyEncoding: "base64" } : {}),
                  })}`}
                  className="hover:underline"
                >
                  <EscapedText text={line.key} />
                </ViewLink>
              </Td>
              <Td numeric title={format.exact(line.size)}>
                {format.bytes(line.size)}
              </Td>
              <Td numeric>
                {line.exp < 0
                  ? t("never")
                  : format.duration(Math.max(0, line.exp - Math.floor(nowMs / 1000)))}
              </Td>
              <Td numeric>{ageOf(line.la)}</Td>
              <Td>{t(line.fetched ? "yes" : "no")}</Td>
              <Td numeric>{format.integer(line.cls)}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
      {rows.length > shown && (
        <div className="flex justify-center">
          <Button onClick={() => setShown(shown + PAGE)}>
            {t("more", { count: Math.min(PAGE, rows.length - shown) })}
          </Button>
        </div>
      )}
    </>
  );
}
