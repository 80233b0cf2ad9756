/** Rows of the tables of settings and stats: what is shown of them, and the same as CSV. Pure. */
import type { ComparedName } from "@/lib/model/compare.schema";

/** Rows whose name, meaning or one of the values contains the search text, ignoring case. */
export function matchingNames(
  names: readonly ComparedName[],
  search: string,
  locale: "en" | "ja",
): readonly ComparedName[] {
  const text = search.trim().toLowerCase();
  if (text === "") return names;
  return names.filter(({ name, values, meaning }) =>
    [name, meaning?.[locale] ?? "", ...values].some((part) => part?.toLowerCase().includes(text)),
  );
}

/** Whether a node's value differs from the majority's. Never for values that are individual to each node. */
export function isOutlier({ own, majority, differs }: ComparedName, value: string | null): boolean {
  return differs && !own && majority !== null && majority.value !== value;
}

/** A head, and a row per name with each node's value and the majority's. */
export function namesCsv(
  names: readonly ComparedName[],
  nodes: readonly string[],
  locale: "en" | "ja",
): (string | null)[][] {
  return [
    ["name", ...nodes, "majority", "meaning"],
    ...names.map(({ name, values, majority, meaning }) => [
      name,
      ...values,
      majority?.value ?? null,
      meaning?.[locale] ?? null,
    ]),
  ];
}
