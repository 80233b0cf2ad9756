import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PROBES } from "@/lib/model/findings/finding";
import type { Probe } from "./contract";
import { REGISTRY } from "./registry";

it("has every probe that can be requested, once", () => {
  expect(REGISTRY.map(({ name }) => name).sort()).toEqual([...PROBES].sort());
});

it("has a folder for every probe, and no other folder", async () => {
  const folders = readdirSync(join(import.meta.dirname, "probes"));
  const modules = await Promise.all(
    folders.map((folder): Promise<Record<string, unknown>> => import(`./probes/${folder}/probe.ts`)),
  );
  const probes = modules.map((module) => REGISTRY.filter((probe) => Object.values(module).includes(probe)));
  expect(probes.map((found) => found.length)).toEqual(folders.map(() => 1));
  expect(probes.flat().map(nameOf).sort()).toEqual(REGISTRY.map(nameOf).sort());
});

it("gives every probe a deadline, and runs the one that stores a key last", () => {
  for (const { name, deadlineMs } of REGISTRY) {
    expect(deadlineMs, name).toBeGreaterThan(0);
    expect(deadlineMs, name).toBeLessThanOrEqual(60_000);
  }
  expect(REGISTRY.at(-1)?.name).toBe("round-trip");
});

function nameOf({ name }: Probe): string {
  return name;
}
