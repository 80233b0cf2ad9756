import { expect, it } from "vitest";
import { PROBES } from "@/lib/model/findings/finding";
import { REGISTRY } from "./registry";

it("holds every probe that can be asked for, once", () => {
  expect(REGISTRY.map(({ name }) => name).sort()).toEqual([...PROBES].sort());
});

it("gives every probe an end, and the one that stores a key the last place", () => {
  for (const { name, deadlineMs } of REGISTRY) {
    expect(deadlineMs, name).toBeGreaterThan(0);
    expect(deadlineMs, name).toBeLessThanOrEqual(60_000);
  }
  expect(REGISTRY.at(-1)?.name).toBe("round-trip");
});
