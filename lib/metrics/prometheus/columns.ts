/** The stats of the slower groups that are exported. Only these are stored, as numbers. */
import { CONDITIONS, NODE_METRICS } from "./node-metrics";

export type ClassGroup = "items" | "slabs";
export type PlainGroup = "settings" | "slabs";

/** One stat of a node, by memcached's names; see `node-metrics.ts`. */
export type StatSource =
  | { readonly of: "stats"; readonly name: string }
  | { readonly of: "group"; readonly group: PlainGroup; readonly name: string }
  | { readonly of: "class"; readonly group: ClassGroup; readonly name: string };

/** How a value is computed: the first of `anyOf` that is reported, each a stat minus others. */
export interface Source {
  readonly anyOf: readonly { readonly first: StatSource; readonly less: readonly StatSource[] }[];
  readonly perClass: boolean;
}

/** Parses the notation of `node-metrics.ts`. Throws on anything else. */
export function parseSource(text: string): Source {
  const anyOf = text.split(" | ").map((alternative) => {
    const [first, ...less] = alternative.split(" - ").map(parseStatSource);
    return { first: first as StatSource, less };
  });
  const stats = anyOf.flatMap(({ first, less }) => [first, ...less]);
  const perClass = stats.some((stat) => stat.of === "class");
  if (perClass && stats.some((stat) => stat.of !== "class"))
    throw new Error(`mixes class stats with others: ${text}`);
  return { anyOf, perClass };
}

function parseStatSource(text: string): StatSource {
  const [, group, separator, name] = /^(?:(settings|slabs|items)([ :]))?(\w+)$/.exec(text) ?? [];
  if (name === undefined) throw new Error(`not a source: ${text}`);
  if (group === undefined) return { of: "stats", name };
  if (separator === ":" && group !== "settings") return { of: "class", group: group as ClassGroup, name };
  if (separator === " " && group !== "items") return { of: "group", group: group as PlainGroup, name };
  throw new Error(`not a source: ${text}`);
}

const STAT_SOURCES: readonly StatSource[] = [
  ...NODE_METRICS.flatMap(([, , source]) =>
    typeof source === "string" ? [source] : source.map(([, text]) => text),
  ),
  ...Object.values(CONDITIONS).map(({ source }) => source),
].flatMap((text) => parseSource(text).anyOf.flatMap(({ first, less }) => [first, ...less]));

/** Names, each with its index. */
export type Columns = ReadonlyMap<string, number>;

function columnsOf(of: StatSource["of"], group: string): Columns {
  const names = STAT_SOURCES.flatMap((stat) =>
    stat.of === of && stat.of !== "stats" && stat.group === group ? [stat.name] : [],
  );
  return new Map([...new Set(names)].map((name, index) => [name, index]));
}

/** Exported stats of a group without a class (`maxconns`); values are stored at the same index. */
export const GROUP_COLUMNS: Readonly<Record<PlainGroup, Columns>> = {
  settings: columnsOf("group", "settings"),
  slabs: columnsOf("group", "slabs"),
};

/** Exported stats of each slab class (`evicted` of `items:12:evicted`). */
export const CLASS_COLUMNS: Readonly<Record<ClassGroup, Columns>> = {
  items: columnsOf("class", "items"),
  slabs: columnsOf("class", "slabs"),
};
