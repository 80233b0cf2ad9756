import { describe, expect, it } from "vitest";
import { flushRefusalOf } from "./refusal";

const able = { status: "up", flushEnabled: true, lacking: null } as const;

describe("a flush", () => {
  it("is allowed on a node that is up and supports it", () => {
    expect(flushRefusalOf(able)).toBeNull();
  });

  it("is refused with the reason on a node that is down, was started with -F, or does not support it", () => {
    expect(flushRefusalOf({ ...able, status: "timeout" })).toEqual({ why: "notUp" });
    expect(flushRefusalOf({ ...able, flushEnabled: false })).toEqual({ why: "flushDisabled" });
    expect(flushRefusalOf({ ...able, lacking: "versionTooOld" })).toEqual({
      why: "cannot",
      reason: "versionTooOld",
    });
  });

  it("includes a node that is unknown here: the server checks it before it sends", () => {
    const nothing = { flushEnabled: null, lacking: "notAskedYet" } as const;
    expect(flushRefusalOf({ status: "up", ...nothing })).toBeNull();
    expect(flushRefusalOf({ status: "unknown", ...nothing })).toBeNull();
  });
});
