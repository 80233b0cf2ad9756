import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FlushAttributions } from "./flush-attribution";

const by = (actionId: string) => ({ ours: true, actor: "dana", actionId });
const FOREIGN = { ours: false, actor: null, actionId: null };

describe("the author of a counted flush", () => {
  it("is known for Memfleet's flushes, and all others are external", () => {
    const origins = new FlushAttributions();
    expect(origins.latest).toBeNull();
    origins.expect(by("7"), 0);
    expect(origins.counted(1, 10)).toEqual({ foreign: 0, ours: [by("7")] });
    expect(origins.latest).toEqual(by("7"));
    expect(origins.counted(2, 20)).toEqual({ foreign: 2, ours: [] });
    expect(origins.latest).toEqual(FOREIGN);
  });

  it("is unknown for the last one when both were between two polls", () => {
    const origins = new FlushAttributions();
    origins.expect(by("7"), 0);
    expect(origins.counted(2, 10).foreign).toBe(1);
    expect(origins.latest).toBeNull();
  });

  it("is not claimed for one that was not sent, or not counted within a minute", () => {
    const origins = new FlushAttributions();
    origins.expect(by("7"), 0)();
    origins.expect(by("8"), 0);
    expect(origins.counted(1, 61_000)).toEqual({ foreign: 1, ours: [] });
  });

  it("takes effect once it is no longer pending", () => {
    const origins = new FlushAttributions();
    origins.counted(1, 0);
    origins.settingsRead(false);
    origins.expect(by("7"), 1);
    origins.counted(1, 2);
    origins.settingsRead(true);
    expect([origins.latest, origins.effective]).toEqual([by("7"), FOREIGN]);
    origins.settingsRead(false);
    expect(origins.effective).toEqual(by("7"));
  });

  it("adds up: every counted flush is ours or foreign, and none of ours is counted twice", () => {
    const steps = fc.array(fc.record({ sent: fc.nat(3), others: fc.nat(3) }), { maxLength: 30 });
    fc.assert(
      fc.property(steps, (rounds) => {
        const origins = new FlushAttributions();
        let sent = 0;
        const attributed: string[] = [];
        for (const [n, round] of rounds.entries()) {
          for (let k = 0; k < round.sent; k++) origins.expect(by(String(sent++)), n);
          const { ours, foreign } = origins.counted(round.sent + round.others, n);
          expect(foreign).toBe(round.others);
          attributed.push(...ours.map(({ actionId }) => actionId ?? ""));
        }
        expect(attributed).toEqual(Array.from({ length: sent }, (_, k) => String(k)));
      }),
    );
  });
});
