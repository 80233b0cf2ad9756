import { beforeEach, describe, expect, it } from "vitest";
import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import { SharedProcesses } from "./shared-processes";

/** A server process that answers polls, with the traffic of others in between. */
class FakeProcess {
  private read = 0;
  private written = 0;
  private cpu = 0;

  constructor(
    private readonly started: number | null = 1_700_000_000,
    private readonly pid: number | null = 1,
  ) {}

  serve(requests: number): void {
    this.read += 20 * requests;
    this.written += 1_000 * requests;
    this.cpu += requests / 1_000;
  }

  poll(seconds: number): Float64Array {
    const values = emptyValues();
    const put = (name: string, value: number) => {
      values[requiredSlot(name)] = value;
    };
    this.read += 7;
    if (this.pid !== null) put("pid", this.pid);
    if (this.started !== null) {
      put("time", this.started + seconds);
      put("uptime", seconds);
    }
    put("bytes_read", this.read);
    put("bytes_written", this.written);
    for (const name of ["rusage_user", "rusage_system"]) put(name, this.cpu);
    const zero = ["total_connections", "cmd_get", "cmd_set", "cmd_flush", "cmd_touch", "get_hits"];
    for (const name of zero) put(name, 0);
    for (const name of [
      "get_misses",
      "delete_hits",
      "delete_misses",
      "incr_hits",
      "auth_cmds",
      "evictions",
    ]) {
      put(name, 0);
    }
    this.written += 2_000;
    this.cpu += 0.0002;
    return values;
  }
}

let processes: SharedProcesses;
/** The pairs that were asked, and whether nodes can answer. */
let asked: string[];
let round: number;
let answers: boolean;

beforeEach(() => {
  processes = new SharedProcesses();
  asked = [];
  round = 0;
  answers = true;
});

/** Polls each node once an interval of 10 s, at its offset, and reviews at the end of the round. */
function rounds(
  count: number,
  nodes: readonly (readonly [node: string, process: FakeProcess, offset: number])[],
  before: (round: number) => void = () => {},
): void {
  const until = round + count;
  while (round < until) {
    round++;
    before(round);
    for (const [node, process, offset] of nodes) {
      const atMs = round * 10_000 + offset;
      processes.observe(node, process.poll(round * 10), "1.6.18", atMs, 2);
    }
    processes.review();
    for (const pair of processes.unanswered()) {
      asked.push(pair.join(" "));
      const [one, other] = pair.map((id) => nodes.find(([node]) => node === id)?.[1]);
      processes.answer(pair, answers ? (one === other ? "same" : "different") : "unknown");
    }
  }
}

describe("nodes of one process", () => {
  it("are recognized by their counters alone when no node can answer, after more rounds", () => {
    answers = false;
    const process = new FakeProcess();
    const nodes = [
      ["a", process, 0],
      ["b", process, 3_000],
    ] as const;
    rounds(10, nodes);
    expect(processes.sameAs("a")).toEqual([]);
    rounds(30, nodes);
    expect(processes.sameAs("a")).toEqual(["b"]);
    expect(asked).toEqual(["a b"]);
  });

  it("are recognized after four rounds, idle or busy", () => {
    const process = new FakeProcess();
    rounds(4, [
      ["a", process, 0],
      ["b", process, 3_000],
    ]);
    expect([processes.sameAs("a"), processes.sameAs("b")]).toEqual([["b"], ["a"]]);
    rounds(
      4,
      [
        ["a", process, 0],
        ["b", process, 3_000],
      ],
      () => process.serve(500),
    );
    expect(processes.sameAs("a")).toEqual(["b"]);
  });

  it("are recognized in groups", () => {
    const process = new FakeProcess();
    rounds(5, [
      ["a", process, 0],
      ["b", process, 3_000],
      ["c", process, 6_000],
    ]);
    expect(processes.sameAs("b")).toEqual(["a", "c"]);
  });

  it("are no longer one when one of them is removed, or leads elsewhere", () => {
    const process = new FakeProcess();
    const nodes = [
      ["a", process, 0],
      ["b", process, 3_000],
    ] as const;
    rounds(4, nodes);
    processes.forget("b");
    expect([...processes.review()].sort()).toEqual(["a", "b"]);
    expect(processes.sameAs("a")).toEqual([]);
  });

  it("are not recognized without pid, or without a start", () => {
    for (const process of [new FakeProcess(null), new FakeProcess(1_700_000_000, null)]) {
      rounds(6, [
        ["a", process, 0],
        ["b", process, 3_000],
      ]);
      expect(processes.sameAs("a")).toEqual([]);
    }
  });
});

describe("processes with the same pid and start", () => {
  it.each([
    ["idle and alike", 0, 0],
    ["idle, one of them a request ahead", 1, 0],
    ["equally busy", 0, 500],
    ["busy, one of them ahead", 200, 500],
  ])("are different: %s", (_, ahead, load) => {
    const [one, other] = [new FakeProcess(), new FakeProcess()];
    other.serve(ahead);
    const serve = (round: number) => {
      one.serve(load + (round % 3));
      other.serve(load + ((round + 1) % 3));
    };
    rounds(
      30,
      [
        ["a", one, 0],
        ["b", other, 3_000],
      ],
      serve,
    );
    expect(processes.sameAs("a")).toEqual([]);
    expect(asked.length).toBeLessThanOrEqual(1);
  });

  it("are told apart although they are polled at the same moment", () => {
    rounds(30, [
      ["a", new FakeProcess(), 0],
      ["b", new FakeProcess(), 0],
    ]);
    expect(processes.sameAs("a")).toEqual([]);
  });
});
