import { describe, expect, it } from "vitest";
import { flushRefusalOf } from "./refusal";

const able = { status: "up", flushEnabled: true, lacking: null } as const;

describe("a flush", () => {
  it("can be asked for on a node that is up and can do it", () => {
    expect(flushRefusalOf(able)).toBeNull();
  });

  it("is refused with the reason on a node that is down, was started with -F, or cannot", () => {
    expect(flushRefusalOf({ ...able, status: "timeout" })).toEqual({ why: "notUp" });
    expect(flushRefusalOf({ ...able, flushEnabled: false })).toEqual({ why: "flushDisabled" });
    expect(flushRefusalOf({ ...able, lacking: "versionTooOld" })).toEqual({
      why: "cannot",
      reason: "versionTooOld",
    });
  });

  it("counts a node of which nothing is known here: the server asks it, and sends", () => {
    const nothing = { flushEnabled: null, lacking: "notAskedYet" } as const;
    expect(flushRefusalOf({ status: "up", ...nothing })).toBeNull();
    expect(flushRefusalOf({ status: "unknown", ...nothing })).toBeNull();
  });
});
