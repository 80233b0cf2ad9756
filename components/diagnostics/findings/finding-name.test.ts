import { describe, expect, it } from "vitest";
import { findingKey, findingName } from "./finding-name";

describe("the name of a finding in a URL", () => {
  it("round-trips node and check, whatever the node's name", () => {
    for (const node of ["a:1", "[::1]:11211", "unix:/run/m@1.sock"]) {
      for (const check of ["verbosity", "listens:all"]) {
        const key = findingKey({ node, check, probe: "listeners" });
        expect(key).toBe(`${check}@${node}`);
        expect(findingName(key)).toEqual({ node, check, probe: null });
      }
    }
  });

  it("distinguishes probes that had no result for a node", () => {
    const silent = { node: "a:1", check: "not-asked" };
    const keys = (["tls", "health"] as const).map((probe) => findingKey({ ...silent, probe }));
    expect(keys.map(findingName)).toEqual([
      { ...silent, probe: "tls" },
      { ...silent, probe: "health" },
    ]);
  });

  it("is null without a node or a check", () => {
    for (const key of [null, "", "verbosity", "@a:1", "verbosity@"]) expect(findingName(key)).toBeNull();
  });
});
