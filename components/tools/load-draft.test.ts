import { describe, expect, it } from "vitest";
import { ACTION_INPUTS } from "@/lib/model/actions/action.schema";
import { LOAD_FIELDS, loadInput, loadProblems, NEW_LOAD } from "./load-draft";

const accepts = (input: unknown) => ACTION_INPUTS.load_test.safeParse(input).success;

describe("the form of a load test", () => {
  it("starts with the server's defaults", () => {
    expect(loadProblems(NEW_LOAD)).toEqual([]);
    expect(loadInput(NEW_LOAD)).toEqual(ACTION_INPUTS.load_test.parse({}));
  });

  it.each(LOAD_FIELDS)(
    "allows for $name what the server allows, and nothing beyond",
    ({ name, from, to }) => {
      for (const value of [from, to]) {
        const draft = { ...NEW_LOAD, [name]: String(value) };
        expect(loadProblems(draft)).toEqual([]);
        expect(accepts(loadInput(draft))).toBe(true);
      }
      const beyond = { ...NEW_LOAD, [name]: String(to + 1) };
      expect(loadProblems(beyond)).toEqual([name]);
      expect(accepts(loadInput(beyond))).toBe(false);
    },
  );

  it.each(["", "ten", "1.5", "-1"])("rejects %j as a number", (typed) => {
    expect(loadProblems({ ...NEW_LOAD, keys: typed })).toEqual(["keys"]);
  });
});
