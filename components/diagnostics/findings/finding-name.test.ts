import { describe, expect, it } from "vitest";
import { findingKey, findingName } from "./finding-name";

describe("the name of a finding in an address", () => {
  it("gives back node and check, whatever the node is called", () => {
    for (const node of ["a:1", "[::1]:11211", "unix:/run/m@1.sock"]) {
      for (const check of ["verbosity", "listens:all"]) {
        const key = findingKey({ node, check, probe: "listeners" });
        expect(key).toBe(`${check}@${node}`);
        expect(findingName(key)).toEqual({ node, check, probe: null });
      }
    }
  });

  it("tells probes apart that could say nothing of a node", () => {
    const silent = { node: "a:1", check: "not-asked" };
    const keys = (["tls", "health"] as const).map((probe) => findingKey({ ...silent, probe }));
    expect(keys.map(findingName)).toEqual([
      { ...silent, probe: "tls" },
      { ...silent, probe: "health" },
    ]);
  });

  it("is none where it has no node or no check", () => {
    for (const key of [null, "", "verbosity", "@a:1", "verbosity@"]) expect(findingName(key)).toBeNull();
  });
});
