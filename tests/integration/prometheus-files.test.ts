import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NODE_FAMILIES } from "@/lib/metrics/prometheus/node-families";
import { OWN_FAMILIES } from "@/lib/metrics/prometheus/own-metrics";
import { promtool } from "../servers/prometheus";

const DOCS = join(import.meta.dirname, "..", "..", "docs", "prometheus");
const EXPORTED = new Set([...NODE_FAMILIES, ...OWN_FAMILIES].map(({ name }) => name));

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "memfleet-promtool-"));
  cpSync(DOCS, directory, { recursive: true });
  writeFileSync(join(directory, "memfleet-token"), "a token");
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("the Prometheus files of Memfleet", { timeout: 120_000 }, () => {
  it("are rules that promtool accepts, and that fire exactly when they should", async () => {
    expect(await promtool(["check", "rules", "alerts.yml"], "", directory)).toMatchObject({ code: 0 });
    const tested = await promtool(["test", "rules", "alerts.test.yml"], "", directory);
    expect(tested.code, tested.output).toBe(0);
    const rules = readFileSync(join(directory, "alerts.yml"), "utf8");
    const tests = readFileSync(join(directory, "alerts.test.yml"), "utf8");
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map((match) => match[1]);
    expect(alerts.length).toBeGreaterThan(8);
    for (const alert of alerts) expect(tests).toContain(`alertname: ${alert}`);
  });

  it("fail the test when a rule is wrong", async () => {
    const rules = readFileSync(join(directory, "alerts.yml"), "utf8");
    writeFileSync(join(directory, "alerts.yml"), rules.replace("memcached_up == 0", "memcached_up == 2"));
    expect((await promtool(["test", "rules", "alerts.test.yml"], "", directory)).code).toBe(1);
    writeFileSync(join(directory, "alerts.yml"), rules);
  });

  it("are scrape configurations that promtool accepts", async () => {
    const checked = await promtool(["check", "config", "prometheus.yml"], "", directory);
    expect(checked.code, checked.output).toBe(0);
  });

  it("name only metrics that exist", () => {
    const files = ["alerts.yml", "alerts.test.yml", "dashboard.json"];
    const named = files.flatMap((file) =>
      [...readFileSync(join(DOCS, file), "utf8").matchAll(/\b(?:memcached|memfleet)_\w+/g)].map(
        ([name]) => name,
      ),
    );
    expect(new Set(named).size).toBeGreaterThan(40);
    expect(named.filter((name) => !EXPORTED.has(name))).toEqual([]);
  });
});
