/** file_sd in YAML, read as Prometheus itself reads it. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";
import { openFileSd } from "@/lib/discovery/file-sd";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "memfleet-file-sd-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TARGETS = `
- targets: [10.0.0.1:11211]
  labels: &common { version: 1.10, ratio: .5, on: yes, off: no, t: true, hex: 0x1F, octal: 0o17, old: 0777,
    big: 12345678901234567890, exp: 1e3, zero: 007, inf: .inf, day: 2024-01-02, time: 12:30:45, under: 1_000,
    none: ~, empty: , quoted: "1.0", single: '2.50', tagged: !!str 3.0 }
- <<: { labels: { dc: 1.20 } }
  targets: [10.0.0.2:11211]
- targets: [10.0.0.3:11211]
  labels: { <<: *common, more: 2.50 }
- <<: [{ targets: [10.0.0.4:11211] }, { labels: { rack: 07 } }]
`;

/** Targets with their labels, without those that Prometheus adds itself. */
async function promtoolTargets(): Promise<unknown> {
  writeFileSync(
    join(folder, "prometheus.yml"),
    "scrape_configs: [{ job_name: memcached, file_sd_configs: [{ files: [targets.yml] }] }]\n",
  );
  const args = ["check", "service-discovery", "--timeout=2s", "prometheus.yml", "memcached"];
  const { stdout } = await run("promtool", args, { cwd: folder });
  const found = JSON.parse(stdout) as { discoveredLabels: Record<string, string> }[];
  return Object.fromEntries(
    found.map(({ discoveredLabels: { __address__: address = "", job: _, ...labels } }) => [
      address,
      Object.fromEntries(Object.entries(labels).filter(([name]) => !name.startsWith("__"))),
    ]),
  );
}

it("reads unquoted scalars as their own text and merges merge keys, as Prometheus does", async () => {
  writeFileSync(join(folder, "targets.yml"), TARGETS);
  const source = openFileSd({ kind: "fileSd", name: "fileSd", patterns: [join(folder, "targets.yml")] });
  const { targets, problems } = await source.read(new AbortController().signal);
  expect(problems).toEqual([]);
  const expected = await promtoolTargets();
  expect(Object.fromEntries(targets.map(({ id, labels }) => [id, labels]))).toEqual(expected);
  expect(expected).toMatchObject({ "10.0.0.1:11211": { version: "1.10" }, "10.0.0.4:11211": { rack: "07" } });
});
