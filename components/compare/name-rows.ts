/** Rows of the tables of settings and stats: what is shown of them, and the same as CSV. Pure. */
import type { ComparedName } from "@/lib/model/compare.schema";

/** Those whose name, meaning or one of the values contains what is wanted, in any case. */
export function matchingNames(
  names: readonly ComparedName[],
  wanted: string,
  locale: "en" | "ja",
): readonly ComparedName[] {
  const text = wanted.trim().toLowerCase();
  if (text === "") return names;
  return names.filter(({ name, values, meaning }) =>
    [name, meaning?.[locale] ?? "", ...values].some((part) => part?.toLowerCase().includes(text)),
  );
}

/** Whether a node stands alone with its value: most say something else. Never for what is each node's own. */
export function isOdd({ own, majority, differs }: ComparedName, value: string | null): boolean {
  return differs && !own && majority !== null && majority.value !== value;
}

/** A head and a row per name: what each node says, and what most do. */
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
