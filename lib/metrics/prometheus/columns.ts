/** What the metrics take from the slower stats groups. Only this is kept of them, as numbers. */
import { CONDITIONS, NODE_METRICS } from "./node-metrics";

export type ClassGroup = "items" | "slabs";
export type PlainGroup = "settings" | "slabs";

/** One figure of a node, by memcached's names; see `node-metrics.ts`. */
export type StatSource =
  | { readonly of: "stats"; readonly name: string }
  | { readonly of: "group"; readonly group: PlainGroup; readonly name: string }
  | { readonly of: "class"; readonly group: ClassGroup; readonly name: string };

/** How a value is made: the first of `anyOf` that is reported, each a figure less others. */
export interface Source {
  readonly anyOf: readonly { readonly first: StatSource; readonly less: readonly StatSource[] }[];
  readonly perClass: boolean;
}

/** Reads the notation of `node-metrics.ts`. Throws for anything else: the table is ours. */
export function parseSource(text: string): Source {
  const anyOf = text.split(" | ").map((one) => {
    const [first, ...less] = one.split(" - ").map(parseStatSource);
    return { first: first as StatSource, less };
  });
  const figures = anyOf.flatMap(({ first, less }) => [first, ...less]);
  const perClass = figures.some((figure) => figure.of === "class");
  if (perClass && figures.some((figure) => figure.of !== "class")) throw new Error(`not one kind: ${text}`);
  return { anyOf, perClass };
}

function parseStatSource(text: string): StatSource {
  const [, group, mark, name] = /^(?:(settings|slabs|items)([ :]))?(\w+)$/.exec(text) ?? [];
  if (name === undefined) throw new Error(`not a source: ${text}`);
  if (group === undefined) return { of: "stats", name };
  if (mark === ":" && group !== "settings") return { of: "class", group: group as ClassGroup, name };
  if (mark === " " && group !== "items") return { of: "group", group: group as PlainGroup, name };
  throw new Error(`not a source: ${text}`);
}

const STAT_SOURCES: readonly StatSource[] = [
  ...NODE_METRICS.flatMap(([, , source]) =>
    typeof source === "string" ? [source] : source.map(([, one]) => one),
  ),
  ...Object.values(CONDITIONS).map(({ source }) => source),
].flatMap((text) => parseSource(text).anyOf.flatMap(({ first, less }) => [first, ...less]));

/** Names, each with its place. */
export type Columns = ReadonlyMap<string, number>;

function columnsOf(of: StatSource["of"], group: string): Columns {
  const names = STAT_SOURCES.flatMap((figure) =>
    figure.of === of && figure.of !== "stats" && figure.group === group ? [figure.name] : [],
  );
  return new Map([...new Set(names)].map((name, place) => [name, place]));
}

/** Names kept of a group's plain lines (`maxconns`); a value's place in the figures is its place here. */
export const GROUP_COLUMNS: Readonly<Record<PlainGroup, Columns>> = {
  settings: columnsOf("group", "settings"),
  slabs: columnsOf("group", "slabs"),
};

/** Names kept of each slab class (`evicted` of `items:12:evicted`). */
export const CLASS_COLUMNS: Readonly<Record<ClassGroup, Columns>> = {
  items: columnsOf("class", "items"),
  slabs: columnsOf("class", "slabs"),
};
