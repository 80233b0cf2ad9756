/** Variables of the environment that look like Memfleet's and are not: a misspelled one would be ignored in silence. */
import type { ConfigurationProblem } from "@/lib/model/errors";

const PREFIX = "MEMFLEET_";

/**
 * Names that Kubernetes and container links add for a service called `memfleet` (or `memfleet-…`), such as
 * `MEMFLEET_SERVICE_HOST` and `MEMFLEET_PORT_3000_TCP_ADDR`. `MEMFLEET_PORT` counts only with a link's value.
 */
const SERVICE_LINK =
  /^MEMFLEET_(?:\w+_)?(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?|ENV_\w+|NAME)$/;
const LINK_PORT = /^MEMFLEET_(?:\w+_)?PORT$/;

/** What other programs call the same thing. */
const SYNONYMS: Readonly<Record<string, string>> = {
  MEMFLEET_PORT: "MEMFLEET_LISTEN",
  MEMFLEET_HOST: "MEMFLEET_LISTEN",
  MEMFLEET_SERVERS: "MEMCACHED_SERVERS",
};

/** A problem for each unknown variable, with the known name that is nearest. */
export function unknownVariables(
  variables: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): ConfigurationProblem[] {
  return Object.entries(variables).flatMap(([name, value]) => {
    const isOther = !name.startsWith(PREFIX) || !value || known.includes(name);
    if (isOther || isServiceLink(name, value)) return [];
    const allowed = `${nearest(name, known)}, which is the nearest name`;
    return [{ file: "environment", line: null, path: name, found: "an unknown variable", allowed }];
  });
}

function isServiceLink(name: string, value: string): boolean {
  return SERVICE_LINK.test(name) || (LINK_PORT.test(name) && /^(?:tcp|udp|sctp):\/\//.test(value));
}

function nearest(name: string, known: readonly string[]): string {
  const synonym = SYNONYMS[name];
  if (synonym !== undefined) return synonym;
  const distances = known.map((candidate) => ({ candidate, edits: editsBetween(name, candidate) }));
  return distances.reduce((best, next) => (next.edits < best.edits ? next : best)).candidate;
}

/** The Levenshtein distance. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const [left = 0, above = 0, diagonal = 0] = [next[j - 1], row[j], row[j - 1]];
      next.push(Math.min(left + 1, above + 1, diagonal + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
