/** The form of a load test, and the input it sends. Pure. */

/** Bounds are the server's (`ACTION_INPUTS.load_test`); a test compares them. */
export const LOAD_FIELDS = [
  { name: "seconds", from: 1, to: 300, initial: 10 },
  { name: "operationsPerSecond", from: 1, to: 50_000, initial: 1_000 },
  { name: "connections", from: 1, to: 32, initial: 4 },
  { name: "setPercent", from: 0, to: 100, initial: 10 },
  { name: "keys", from: 1, to: 100_000, initial: 1_000 },
  { name: "valueBytes", from: 1, to: 65_536, initial: 400 },
] as const;
export type LoadField = (typeof LOAD_FIELDS)[number]["name"];

/** As typed. */
export type LoadDraft = Readonly<Record<LoadField, string>>;

export const NEW_LOAD = Object.fromEntries(
  LOAD_FIELDS.map(({ name, initial }) => [name, String(initial)]),
) as LoadDraft;

/** The fields with invalid values. */
export function loadProblems(draft: LoadDraft): LoadField[] {
  return LOAD_FIELDS.filter(({ name, from, to }) => {
    const typed = draft[name].trim();
    return !/^\d{1,6}$/.test(typed) || Number(typed) < from || Number(typed) > to;
  }).map(({ name }) => name);
}

/** Call only when `loadProblems` is empty. */
export function loadInput(draft: LoadDraft): Readonly<Record<string, number>> {
  const { setPercent, ...rest } = draft;
  const numbers = Object.entries(rest).map(([name, typed]) => [name, Number(typed)] as const);
  return { ...Object.fromEntries(numbers), setShare: Number(setPercent) / 100 };
}
