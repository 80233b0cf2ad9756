"use client";
import { useTranslations } from "use-intl";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Table, Td, Th } from "@/components/ui/table";
import { EscapedText } from "./escaped-text";
import { readableValue, type StatRow } from "./stat-rows";

interface EntryTableProps {
  readonly entries: readonly StatRow[];
  readonly label: string;
  /** Whether to show counter or gauge. */
  readonly kinds: boolean;
}

/** Names, values and meanings in the server's order, values exactly as the server reports them. */
export function StatTable({ entries, label, kinds }: EntryTableProps) {
  const t = useTranslations("node.entries");
  const { locale } = useFormat();
  return (
    <Table label={label}>
      <thead>
        <tr>
          <Th>{t("name")}</Th>
          <Th numeric>{t("value")}</Th>
          {kinds ? <Th>{t("kind")}</Th> : null}
          <Th className="hidden w-full sm:table-cell">{t("meaning")}</Th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.name} className="hover:bg-line-soft">
            <th
              scope="row"
              className="whitespace-nowrap border-line-soft border-b px-2.5 py-[5px] text-left align-top font-mono font-normal text-xs"
            >
              <EscapedText text={entry.name} />
              <span className="mt-0.5 block whitespace-normal font-sans text-muted sm:hidden">
                {entry.meaning?.[locale]}
              </span>
            </th>
            <Td numeric className="max-w-[46vw] align-top font-mono text-xs sm:max-w-md">
              <span className={entry.value.length > 24 ? "whitespace-normal break-all" : "whitespace-nowrap"}>
                <EscapedText text={entry.value} />
              </span>
              <Readable entry={entry} />
            </Td>
            {kinds ? (
              <Td className="align-top text-muted text-xs">
                {entry.kind === null ? null : t(`kinds.${entry.kind}`)}
              </Td>
            ) : null}
            <Td className="hidden min-w-56 whitespace-normal align-top text-muted sm:table-cell">
              {entry.meaning?.[locale] ?? ""}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** The same value in readable form. */
function Readable({ entry }: { readonly entry: StatRow }) {
  const format = useFormat();
  const readable = readableValue(entry);
  if (readable === null) return null;
  return (
    <span className="block whitespace-nowrap font-sans text-faint sm:ml-2 sm:inline">
      {entry.unit === "bytes" ? format.bytes(readable) : format.duration(readable)}
    </span>
  );
}
