/** Labels in Prometheus' text format 0.0.4: names made valid, values bounded and escaped. */

/** Longest label value, in UTF-16 units; ids and configured labels are shorter. */
const MAX_VALUE = 512;

/** A label's value, bounded. What is not valid Unicode becomes U+FFFD, as UTF-8 has no bytes for it. */
export function labelText(value: string): string {
  return value.slice(0, MAX_VALUE).toWellFormed();
}

/** A label's value between its quotes. */
export function labelValue(value: string): string {
  return labelText(value).replace(/[\\"\n]/g, (mark) => (mark === "\n" ? "\\n" : `\\${mark}`));
}

/** `a="1",b="2"`, in the order given. */
export function labelPairs(labels: Iterable<readonly [name: string, value: string]>): string {
  return Array.from(labels, ([name, value]) => `${name}="${labelValue(value)}"`).join();
}

/** What a node is told apart by. */
export interface Labelled {
  readonly id: string;
  readonly pool: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The labels that every sample of a node has. `namespace` is the pool's label of that name, and never empty. */
export function sampleLabels({ id, labels }: Omit<Labelled, "pool">): [string, string][] {
  return [
    ["instance", id],
    ["namespace", namespaceOf(labels)],
  ];
}

/** Labels that mean something to Prometheus or to us already. */
const TAKEN = ["instance", "job", "pool"];

/**
 * `namespace`, `pool` and the pool's own labels under valid names: what is not a letter, digit or underscore becomes
 * an underscore; a name that is taken then, or that Prometheus keeps for itself (`__…`), begins with `label_`.
 */
export function poolLabels({ pool, labels }: Omit<Labelled, "id">): [string, string][] {
  const named = new Map([
    ["namespace", namespaceOf(labels)],
    ["pool", pool],
  ]);
  for (const [name, value] of Object.entries(labels)) {
    if (name === "namespace") continue;
    const valid = name.replace(/[^a-zA-Z0-9_]/g, "_").replace(/^(?=\d)/, "_");
    const free = !named.has(valid) && !TAKEN.includes(valid) && !valid.startsWith("__");
    let unique = free ? valid : `label_${valid}`;
    while (named.has(unique)) unique += "_";
    named.set(unique, value);
  }
  return [...named];
}

function namespaceOf(labels: Readonly<Record<string, string>>): string {
  return labels.namespace || "default";
}
