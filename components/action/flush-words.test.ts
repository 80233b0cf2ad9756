import { describe, expect, it } from "vitest";
import { flushRefusalOf } from "./flush-refusal";
import { itemsAfterFlush } from "./flush-words";

describe("what an operator is told about curr_items after a flush", () => {
  it("falls on 1.6, whose LRU maintainer collects the dead items", () => {
    expect(itemsAfterFlush("1.6.18", "yes")).toBe("itemsFall");
    expect(itemsAfterFlush("1.6.45", undefined)).toBe("itemsFall");
  });

  it("stays on 1.4, and wherever the maintainer is switched off", () => {
    expect(itemsAfterFlush("1.4.25", undefined)).toBe("itemsStay");
    expect(itemsAfterFlush("1.6.18", "no")).toBe("itemsStay");
  });

  it("is not promised where it was not seen", () => {
    expect(itemsAfterFlush("1.5.6", "yes")).toBe("itemsUnknown");
    expect(itemsAfterFlush(null, undefined)).toBe("itemsUnknown");
  });
});

describe("a flush that cannot be asked for", () => {
  it("says first that the node was started with -F, then that it is away, then what it lacks", () => {
    expect(flushRefusalOf({ status: "down", flushEnabled: false, lacking: "disabledBySetting" })).toEqual({
      why: "flushDisabled",
    });
    expect(flushRefusalOf({ status: "timeout", flushEnabled: true, lacking: null })).toEqual({
      why: "notUp",
    });
    expect(flushRefusalOf({ status: "up", flushEnabled: null, lacking: "binaryProtocol" })).toEqual({
      why: "cannot",
      reason: "binaryProtocol",
    });
    expect(flushRefusalOf({ status: "up", flushEnabled: true, lacking: null })).toBeNull();
  });
});
