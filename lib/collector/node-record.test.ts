import { describe, expect, it } from "vitest";
import { requiredSlot } from "@/lib/catalogue/stats";
import { fleetNode, scriptedNode } from "@/tests/doubles/scripted-node";
import { NO_FACTS } from "./node-facts";
import { NodeRecord } from "./node-record";

const ID = "127.0.0.1:11211";

function recordOf() {
  const record = new NodeRecord(fleetNode(ID), scriptedNode(ID));
  const answer = (seconds: number, stats: Record<string, number>, ip: string | null = null) => {
    const draft = record.nextSample().fill(Number.NaN);
    for (const [name, value] of Object.entries(stats)) draft[requiredSlot(name)] = value;
    const at = { monoMs: seconds * 1000, wallMs: 5_000_000 + seconds * 1000 };
    return record.succeeded(at, "1.6.18", 0.3, ip);
  };
  const refuse = (seconds: number) =>
    record.failed({ monoMs: seconds * 1000, wallMs: 5_000_000 + seconds * 1000 }, "connectionRefused", null);
  return { record, answer, refuse };
}

const stats = (seconds: number, more: Record<string, number> = {}) => ({
  pid: 7,
  uptime: 100 + seconds,
  time: 1_000 + seconds,
  cmd_get: 10 * seconds,
  ...more,
});

describe("a node's record", () => {
  it("marks a restart and keeps nothing of the previous process", () => {
    const { record, answer } = recordOf();
    answer(0, stats(0));
    answer(10, stats(10));
    const markers = answer(20, { ...stats(20), pid: 8, uptime: 4 });
    expect(markers).toEqual([{ atMs: 5_020_000, node: ID, kind: "restart", text: "pid 7 to 8" }]);
    expect(record.lastRestartMs).toBe(5_016_000);
    expect(record.recent.lastMinute(20_000).rate("cmd_get")).toBeNull();
  });

  it("marks going down once, with the reason, and recovering once", () => {
    const { record, answer, refuse } = recordOf();
    answer(0, stats(0));
    expect(refuse(10)).toEqual([{ atMs: 5_010_000, node: ID, kind: "down", text: "connectionRefused" }]);
    expect(refuse(20)).toEqual([]);
    expect(record.status).toBe("down");
    expect(record.health.sinceMs).toBe(5_010_000);
    expect(answer(30, stats(30)).map((marker) => marker.kind)).toEqual(["up"]);
  });

  it("marks nothing at first contact", () => {
    const { answer } = recordOf();
    expect(answer(0, stats(0))).toEqual([]);
  });

  it("does not mark a clock that was only late after the process was suspended", () => {
    const { answer } = recordOf();
    answer(0, stats(0));
    answer(10, stats(10));
    expect(answer(60, { ...stats(60), time: 1_011, uptime: 111 })).toEqual([]);
    expect(answer(70, stats(70))).toEqual([]);
    expect(answer(80, stats(80))).toEqual([]);
  });

  it("forgets everything of a process that restarted under the same pid, however its counters grew", () => {
    const { record, answer } = recordOf();
    const by = { ours: true, actor: "dana", actionId: "7" };
    answer(0, stats(0, { cmd_flush: 0 }));
    record.flushes.expect(by, 1_000);
    answer(10, stats(10, { cmd_flush: 1 }));
    record.updateFacts({ ...NO_FACTS, oldest: 100, maxconns: 5 }, { monoMs: 10_000, wallMs: 5_010_000 });
    expect([record.flushes.effective, record.lastFlushMs !== null]).toEqual([by, true]);
    const markers = answer(610, { ...stats(610, { cmd_flush: 1 }), uptime: 300 });
    expect(markers.map(({ kind }) => kind)).toEqual(["restart"]);
    expect(record.lastRestartMs).toBe(5_610_000 - 300_000);
    expect([record.facts, record.lastFlushMs, record.flushes.latest]).toEqual([NO_FACTS, null, null]);
    expect(record.recent.lastMinute(610_000).rate("cmd_get")).toBeNull();
  });

  it("marks a restart at every poll of a crash loop, and no reset", () => {
    const { answer } = recordOf();
    answer(0, { pid: 1, uptime: 3, time: 1_000, cmd_get: 40, bytes_read: 900 });
    const polls = [
      { pid: 1, uptime: 4, time: 1_010, cmd_get: 50, bytes_read: 950 },
      { pid: 1, uptime: 5, time: 1_020, cmd_get: 4, bytes_read: 90 },
      { pid: 1, uptime: 6, time: 1_030, cmd_get: 5, bytes_read: 99 },
    ];
    const kinds = polls.map((poll, index) => answer(10 * (index + 1), poll).map(({ kind }) => kind));
    expect(kinds).toEqual([["restart"], ["restart"], ["restart"]]);
  });

  it("has a restart time also when the new process does not report its uptime", () => {
    const { record, answer } = recordOf();
    answer(0, stats(0));
    answer(10, { ...stats(10), pid: 8, uptime: Number.NaN });
    expect(record.lastRestartMs).toBe(5_010_000);
  });

  it("takes another address as another server: a marker, and no difference across", () => {
    const { record, answer } = recordOf();
    const taken: number[] = [];
    answer(0, stats(0), "10.0.0.1");
    answer(10, stats(10), "10.0.0.1");
    record.takeSteps(() => {});
    const markers = answer(20, stats(20, { cmd_get: 5_000 }), "10.0.0.2");
    expect(markers).toEqual([{ atMs: 5_020_000, node: ID, kind: "moved", text: "10.0.0.1 to 10.0.0.2" }]);
    record.takeSteps((values) => taken.push(values[requiredSlot("cmd_get")] as number));
    expect(taken).toEqual([Number.NaN]);
    expect(record.recent.lastMinute(20_000).rate("cmd_get")).toBeNull();
    expect(answer(30, stats(30, { cmd_get: 5_100 }), "10.0.0.2")).toEqual([]);
    expect(record.recent.lastMinute(30_000).rate("cmd_get")).toBe(10);
  });

  it("counts by our clock, without a marker, while the node's clock stands still", () => {
    const { record, answer } = recordOf();
    answer(0, stats(0));
    for (const at of [10, 20, 30]) {
      expect(answer(at, { ...stats(at), uptime: 100, time: 1_000 })).toEqual([]);
    }
    expect(record.recent.lastMinute(30_000).rate("cmd_get")).toBe(10);
  });

  it("marks a clock that stood still once it continues behind", () => {
    const { answer } = recordOf();
    answer(0, stats(0));
    expect(answer(10, { ...stats(10), uptime: 100, time: 1_000 })).toEqual([]);
    expect(answer(20, { ...stats(20), uptime: 110, time: 1_010 }).map(({ kind }) => kind)).toEqual(["clock"]);
  });

  it("does not mark a clock that ticks every seven seconds, nor count more than there was", () => {
    const { record, answer } = recordOf();
    for (let at = 0; at < 120; at++) {
      const tick = Math.floor(at / 7) * 7;
      expect(answer(at, { ...stats(at), uptime: 100 + tick, time: 1_000 + tick })).toEqual([]);
    }
    expect(record.recent.lastMinute(119_000).rate("cmd_get")).toBeCloseTo(10, 1);
  });

  it("does not mark such a clock, nor one that stands still, when a poll is late", () => {
    const { answer } = recordOf();
    const ticks = (at: number) => Math.floor(at / 7) * 7;
    // Every 50 s a poll is 3 s late, and the next one is left out.
    const late = (at: number) => at + (at % 50 === 0 ? 3 : 0);
    const polls = Array.from({ length: 300 }, (_, n) => 2 * n).filter((at) => at % 50 !== 2);
    for (const at of polls) {
      expect(answer(late(at), { ...stats(at), uptime: 100 + ticks(at), time: 1_000 + ticks(at) })).toEqual(
        [],
      );
    }
    const standing = recordOf();
    for (const at of polls) {
      expect(standing.answer(late(at), { ...stats(at), uptime: 100, time: 1_000 })).toEqual([]);
    }
  });

  it("does not mark a clock whose first readings were late", () => {
    const { answer } = recordOf();
    answer(0, { ...stats(0), time: 995, uptime: 95 });
    answer(1, { ...stats(1), time: 996, uptime: 96 });
    for (let at = 2; at < 20; at++) expect(answer(at, stats(at))).toEqual([]);
  });

  it("marks a clock that jumped and stayed there", () => {
    const { answer } = recordOf();
    answer(0, stats(0));
    answer(10, stats(10));
    expect(answer(20, { ...stats(20), time: 9_020 })).toEqual([]);
    const [marker] = answer(30, { ...stats(30), time: 9_030 });
    expect(marker?.kind).toBe("clock");
  });

  it("marks a flush_all when the node counts one", () => {
    const { answer } = recordOf();
    answer(0, stats(0, { cmd_flush: 2 }));
    expect(answer(10, stats(10, { cmd_flush: 3 }))).toEqual([
      { atMs: 5_010_000, node: ID, kind: "flush", text: "flush_all received, not from Memfleet" },
    ]);
    expect(answer(20, stats(20, { cmd_flush: 5 }))[0]?.text).toBe(
      "flush_all received 2 times, not from Memfleet",
    );
  });

  it("leaves the marker of Memfleet's flush to the action, and knows it by its id", () => {
    const { record, answer } = recordOf();
    const by = { ours: true, actor: "dana", actionId: "7" };
    answer(0, stats(0, { cmd_flush: 2 }));
    record.flushes.expect(by, 1_000);
    expect(answer(10, stats(10, { cmd_flush: 3 }))).toEqual([]);
    expect(record.flushes.latest).toEqual(by);
    answer(20, { ...stats(20, { cmd_flush: 0 }), pid: 8, uptime: 3 });
    expect(record.flushes.latest).toBeNull();
  });

  it("marks a delayed flush when its time comes by the node's clock, once", () => {
    const { record, answer } = recordOf();
    const by = { ours: true, actor: "dana", actionId: "7" };
    const learn = (seconds: number, oldest: number) =>
      record.updateFacts(
        { ...NO_FACTS, oldest },
        { monoMs: seconds * 1000, wallMs: 5_000_000 + seconds * 1000 },
      );
    answer(0, stats(0, { cmd_flush: 0 }));
    record.flushes.expect(by, 1_000);
    answer(10, stats(10, { cmd_flush: 1 }));
    // On its relative clock the node is at uptime + 60 = 170; the flush takes effect 25 s later.
    expect(learn(10, 195)).toEqual([]);
    expect(record.pendingFlushMs).toBe(1_035_000);
    expect(record.flushes.effective).toBeNull();
    expect(answer(30, stats(30, { cmd_flush: 1 }))).toEqual([]);
    expect(answer(40, stats(40, { cmd_flush: 1 }))).toEqual([
      {
        atMs: 5_035_000,
        node: ID,
        kind: "action",
        text: "delayed flush_all takes effect (dana, action 7)",
      },
    ]);
    expect(learn(40, 195)).toEqual([]);
    expect(record.pendingFlushMs).toBeNull();
    expect(record.flushes.effective).toEqual(by);
    expect(answer(50, stats(50, { cmd_flush: 1 }))).toEqual([]);
  });

  it("restores the state of the same process, and of no other", () => {
    const by = { ours: true, actor: "dana", actionId: "7" };
    const remembered = {
      startedSeconds: 900,
      cmdFlush: 3,
      origins: { latest: by, effective: by },
    };
    const begin = (more: Record<string, number>) => {
      const record = new NodeRecord(fleetNode(ID), scriptedNode(ID), false, remembered);
      const draft = record.nextSample().fill(Number.NaN);
      for (const [name, value] of Object.entries({ ...stats(0, { cmd_flush: 3 }), ...more })) {
        draft[requiredSlot(name)] = value;
      }
      record.succeeded({ monoMs: 0, wallMs: 5_000_000 }, "1.6.18", 0.3);
      return record.flushes.latest;
    };
    expect(begin({})).toEqual(by);
    expect(begin({ uptime: 101 })).toEqual(by);
    expect(begin({ cmd_flush: 4 })).toBeNull();
    expect(begin({ uptime: 50 })).toBeNull();
  });

  it("passes each step to history exactly once, summing the steps of one interval", () => {
    const { record, answer } = recordOf();
    const taken: [number, number][] = [];
    const sweep = () =>
      record.takeSteps((values, seconds) => taken.push([values[requiredSlot("cmd_get")] as number, seconds]));
    answer(0, stats(0));
    sweep();
    answer(10, stats(10));
    answer(20, stats(20));
    sweep();
    sweep();
    expect(taken).toEqual([
      [Number.NaN, Number.NaN],
      [200, 20],
    ]);
  });

  it("covers an outage without restart with one step over the complete period", () => {
    const { record, answer, refuse } = recordOf();
    answer(0, stats(0));
    record.takeSteps(() => {});
    refuse(10);
    refuse(20);
    answer(30, stats(30));
    let step: [number, number] | null = null;
    record.takeSteps((values, seconds) => {
      step = [values[requiredSlot("cmd_get")] as number, seconds];
    });
    expect(step).toEqual([300, 30]);
  });
});
