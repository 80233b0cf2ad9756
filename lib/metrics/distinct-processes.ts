/** The first of each group of nodes that lead to one server process: what it reports counts once. */
export function distinctProcesses<Entry>(
  entries: readonly Entry[],
  idOf: (entry: Entry) => string,
  sameAs: (entry: Entry) => readonly string[] | undefined,
): Entry[] {
  const counted = new Set<string>();
  return entries.filter((entry) => {
    if (sameAs(entry)?.some((other) => counted.has(other))) return false;
    counted.add(idOf(entry));
    return true;
  });
}
