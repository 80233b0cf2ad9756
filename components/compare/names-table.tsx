"use client";
import { useTranslations } from "use-intl";
import { EscapedText } from "@/components/node/stats/escaped-text";
import { explain, readableValue } from "@/components/node/stats/stat-rows";
import { classNames } from "@/components/ui/class-names";
import { CsvButton } from "@/components/ui/csv-button";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Hint } from "@/components/ui/overlay/tooltip";
import { Panel } from "@/components/ui/panel";
import { Table, Td, Th } from "@/components/ui/table";
import type { Compare, ComparedName } from "@/lib/model/compare.schema";
import { isOutlier, matchingNames, namesCsv } from "./name-rows";
import { NodeHeads } from "./node-heads";

interface NamesTableProps {
  readonly group: "settings" | "stats";
  readonly compare: Compare;
  readonly filter: string;
}

/** Settings or stats of the nodes side by side, each value as the node reports it. */
export function NamesTable({ group, compare, filter }: NamesTableProps) {
  const t = useTranslations("compare.names");
  const { locale } = useFormat();
  const names = compare[group];
  const shown = matchingNames(names, filter, locale);
  const ids = compare.nodes.map(({ id }) => id);
  const differing = names.filter(({ differs }) => differs).length;
  return (
    <Panel
      title={<Hint text={t(`${group}Meaning`)}>{t(group)}</Hint>}
      subtitle={t("counts", { differing, same: compare.same[group] })}
      padded={false}
      tools={<CsvButton name={`compare-${group}`} rows={() => namesCsv(shown, ids, locale)} />}
    >
      {shown.length === 0 ? (
        <p className="px-3.5 pb-3 text-muted">{t(names.length === 0 ? "noneDiffers" : "noneMatches")}</p>
      ) : (
        <Table label={t(group)}>
          <thead>
            <tr>
              <Th>{t("name")}</Th>
              <NodeHeads nodes={compare.nodes} />
            </tr>
          </thead>
          <tbody>
            {shown.map((name) => (
              <NameRow key={name.name} name={name} group={group} nodes={compare.nodes} />
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}

interface NameRowProps {
  readonly name: ComparedName;
  readonly group: "settings" | "stats";
  readonly nodes: Compare["nodes"];
}

function NameRow({ name, group, nodes }: NameRowProps) {
  const t = useTranslations("compare.names");
  const { locale } = useFormat();
  const meaning = name.meaning?.[locale];
  return (
    <tr className="hover:bg-line-soft">
      <th
        scope="row"
        className="sticky left-0 z-10 min-w-36 max-w-[46vw] break-words border-line-soft border-b bg-surface px-2.5 py-[5px] text-left align-top font-mono font-normal text-xs"
      >
        {meaning === undefined ? (
          <EscapedText text={name.name} />
        ) : (
          <Hint text={meaning} className="break-all text-left">
            {name.name}
          </Hint>
        )}
        {name.own && <span className="ml-1.5 font-sans text-faint">{t("own")}</span>}
      </th>
      {name.values.map((value, index) => {
        const node = nodes[index];
        const outlier = node !== undefined && isKnown(node, value) && isOutlier(name, value);
        return (
          <Td
            key={node?.id ?? index}
            numeric
            className={classNames("align-top font-mono text-xs", outlier && "bg-warn-soft font-semibold")}
          >
            {outlier && (
              <>
                <span aria-hidden="true" className="mr-1 text-warn">
                  ≠
                </span>
                <span className="sr-only">{t("odd")}</span>
              </>
            )}
            <Value group={group} name={name.name} value={value} />
          </Td>
        );
      })}
    </tr>
  );
}

/** A node that never responded has no values, and is not an outlier. */
function isKnown({ answered, lastKnownMs }: Compare["nodes"][number], value: string | null): boolean {
  return answered || lastKnownMs !== null || value !== null;
}

interface ValueProps {
  readonly group: "settings" | "stats";
  readonly name: string;
  readonly value: string | null;
}

function Value({ group, name, value }: ValueProps) {
  const t = useTranslations("compare.names");
  const format = useFormat();
  if (value === null) return <span className="font-sans text-faint">{t("notReported")}</span>;
  const entry = explain(group === "settings" ? "settings" : "general", name, value);
  const readable = readableValue(entry);
  return (
    <>
      <span className={value.length > 24 ? "whitespace-normal break-all" : undefined}>
        <EscapedText text={value} />
      </span>
      {readable !== null && (
        <span className="block font-normal font-sans text-faint">
          {entry.unit === "bytes" ? format.bytes(readable) : format.duration(readable)}
        </span>
      )}
    </>
  );
}
