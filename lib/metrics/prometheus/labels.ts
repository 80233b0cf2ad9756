/** Labels in Prometheus' text format 0.0.4: names made valid, values bounded and escaped. */

/** Longest label value, in UTF-16 units; ids and configured labels are shorter. */
const MAX_VALUE = 512;

/** A label's value, bounded. Invalid Unicode becomes U+FFFD, because UTF-8 cannot encode it. */
export function labelText(value: string): string {
  return value.slice(0, MAX_VALUE).toWellFormed();
}

/** A label's value between its quotes. */
export function labelValue(value: string): string {
  return labelText(value).replace(/[\\"\n]/g, (character) => (character === "\n" ? "\\n" : `\\${character}`));
}

/** `a="1",b="2"`, in the order given. */
export function labelPairs(labels: Iterable<readonly [name: string, value: string]>): string {
  return Array.from(labels, ([name, value]) => `${name}="${labelValue(value)}"`).join();
}

/** What identifies a node. */
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

/** Labels with a meaning of their own. */
const RESERVED = ["instance", "job", "pool"];

/**
 * `namespace`, `pool` and the pool's own labels under valid names: other characters than letters, digits and
 * underscores become underscores; a name that is then in use or reserved by Prometheus (`__…`) gets the prefix `label_`.
 */
export function poolLabels({ pool, labels }: Omit<Labelled, "id">): [string, string][] {
  const named = new Map([
    ["namespace", namespaceOf(labels)],
    ["pool", pool],
  ]);
  for (const [name, value] of Object.entries(labels)) {
    if (name === "namespace") continue;
    const valid = name.replace(/[^a-zA-Z0-9_]/g, "_").replace(/^(?=\d)/, "_");
    const free = !named.has(valid) && !RESERVED.includes(valid) && !valid.startsWith("__");
    let unique = free ? valid : `label_${valid}`;
    while (named.has(unique)) unique += "_";
    named.set(unique, value);
  }
  return [...named];
}

function namespaceOf(labels: Readonly<Record<string, string>>): string {
  return labels.namespace || "default";
}
