/** Configuration examples of the documents, read by the product's own reader. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { parse, stringify } from "yaml";
import { readEnvironment } from "@/lib/config/environment";
import { readConfiguration } from "@/lib/config/load";
import { describeProblem } from "@/lib/model/errors";

/** Keys of a Prometheus configuration that the documents show. `promtool` checks the complete files elsewhere. */
const PROMETHEUS_KEYS = ["scrape_configs", "rule_files"];
/** A block with only these is part of a pool. */
const POOL_KEYS = ["servers", "discover", "auth", "tls", "protocol"];

/** What is wrong with a YAML block; empty when Memfleet accepts it. Files that it names are stood in for. */
export function problemsOfYaml(text: string): string[] {
  const value: unknown = parse(text);
  if (typeof value !== "object" || value === null) return ["not a mapping"];
  const keys = Object.keys(value);
  if (keys.every((key) => PROMETHEUS_KEYS.includes(key))) return [];
  const isPool = keys.includes("servers") || keys.includes("discover");
  if (isPool && keys.every((key) => POOL_KEYS.includes(key))) {
    return problemsOfConfiguration(stringify({ pools: [{ name: "fragment", ...value }] }));
  }
  return problemsOfConfiguration(text);
}

function problemsOfConfiguration(text: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), "memfleet-documents-"));
  try {
    const secret = join(folder, "secret");
    const certificate = join(folder, "certificate.pem");
    writeFileSync(secret, "secret\n");
    writeFileSync(certificate, rootCertificates[0] ?? "");
    writeFileSync(
      join(folder, "memfleet.yaml"),
      text.replaceAll(/\/run\/secrets\/[\w-]+/g, secret).replaceAll(/\/etc\/ssl\/[\w-]+\.pem/g, certificate),
    );
    return readConfiguration(readEnvironment({ MEMFLEET_CWD: folder })).problems.map(describeProblem);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every variable that the product reads. */
export function environmentVariables(): ReadonlySet<string> {
  const read = new Set<string>();
  const record = (set: Readonly<Record<string, string>>) =>
    readEnvironment(
      new Proxy(set, {
        get(target, name) {
          if (typeof name !== "string") return undefined;
          read.add(name);
          return target[name];
        },
      }),
    );
  record({});
  // The sign-in is read only with the list that it belongs to.
  for (const name of [...read].filter((each) => each.endsWith("_SERVERS"))) record({ [name]: "10.0.0.11" });
  return read;
}
