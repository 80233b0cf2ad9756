import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyValues, SLOT_COUNT, STATS, slotOf } from "@/lib/catalogue/stats";
import { CAPTURED_VERSIONS, capture, statLines } from "@/tests/doubles/captures";
import { CommandError, ConnectionError } from "../connection/errors";
import { StatsReader } from "./stats-reader";

function read(
  reader: StatsReader,
  ...chunks: readonly Uint8Array[]
): { values: Float64Array; done: boolean } {
  const values = new Float64Array(SLOT_COUNT);
  reader.begin(values);
  let done = false;
  for (const chunk of chunks) {
    expect(done).toBe(false);
    done = reader.push(chunk, chunk.length);
  }
  return { values, done };
}

/** What the values should be, by a regular expression and `Number`. */
function expected(text: string): Float64Array {
  const values = emptyValues();
  for (const [name, value] of statLines(text)) {
    const slot = name === "latency" ? undefined : slotOf(name);
    if (slot !== undefined) values[slot] = /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  }
  return values;
}

function faultOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error instanceof ConnectionError ? error.reason : error;
  }
  return "nothing was thrown";
}

const text = (reply: string) => Buffer.from(reply, "latin1");

/** The reader of a new node, when the newest order of lines known was that of an altogether different server. */
function afterAnother(): StatsReader {
  read(new StatsReader(), text("STAT threads 4\r\nEND\r\n"));
  return new StatsReader();
}

describe.each(CAPTURED_VERSIONS)("the general stats of %s", (version) => {
  const reply = capture(version, "stats");

  it("match those that a regular expression reads", () => {
    const reader = new StatsReader();
    const { values, done } = read(reader, reply);
    expect(done).toBe(true);
    expect(values).toEqual(expected(reply.toString("latin1")));
    expect(reader.version).toBe(version.replace("-plain", ""));
  });

  it("are the same wherever the reply is cut in two, before and after the order of lines is known", () => {
    const known = new StatsReader();
    const complete = read(known, reply).values;
    for (let cut = 0; cut <= reply.length; cut++) {
      const halves = [reply.subarray(0, cut), reply.subarray(cut)].filter((half) => half.length > 0);
      for (const reader of [known, afterAnother()]) {
        const { values, done } = read(reader, ...halves);
        expect(done).toBe(true);
        if (!Object.is(values.toString(), complete.toString())) expect(values).toEqual(complete);
      }
    }
  });

  it("are the same byte by byte", () => {
    const reader = new StatsReader();
    const bytes = [...reply].map((byte) => Uint8Array.of(byte));
    expect(read(reader, ...bytes).values).toEqual(read(new StatsReader(), reply).values);
    expect(read(reader, ...bytes).values).toEqual(read(new StatsReader(), reply).values);
  });
});

describe("the order of lines", () => {
  it("may be another at every reply", () => {
    const reader = new StatsReader();
    const replies = CAPTURED_VERSIONS.map((version) => capture(version, "stats"));
    for (const reply of [...replies, ...replies.reverse(), ...replies]) {
      expect(read(reader, reply).values).toEqual(expected(reply.toString("latin1")));
    }
  });

  it("does not matter, nor do absent, unknown and repeated names", () => {
    const line = fc.tuple(
      fc.oneof(fc.constantFrom(...STATS.map(({ name }) => name)), fc.stringMatching(/^[\x21-\x7e]{1,20}$/)),
      fc.oneof(fc.nat().map(String), fc.stringMatching(/^[\x20-\x7e]{0,20}$/)),
    );
    const replies = fc.array(fc.tuple(fc.array(line), fc.array(fc.nat(400))), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(replies, (sent) => {
        const reader = new StatsReader();
        for (const [lines, cuts] of sent) {
          const complete = text(
            `${lines.map(([name, value]) => `STAT ${name} ${value}\r\n`).join("")}END\r\n`,
          );
          const chunks = split(complete, cuts);
          expect(read(reader, ...chunks).values).toEqual(expected(complete.toString("latin1")));
        }
      }),
    );
  });
});

function split(complete: Buffer, cuts: readonly number[]): Buffer[] {
  const offsets = [...new Set([0, ...cuts.filter((cut) => cut < complete.length)])].sort((a, b) => a - b);
  return offsets.map((from, index) => complete.subarray(from, offsets[index + 1] ?? complete.length));
}

describe("values", () => {
  it("that are no numbers become NaN, at the first reply and at the next", () => {
    const reader = new StatsReader();
    const reply = text(
      "STAT pid x\r\nSTAT uptime \r\nSTAT threads 4\r\nSTAT rusage_user 0.190630\r\nEND\r\n",
    );
    for (let i = 0; i < 2; i++) {
      const { values } = read(reader, reply);
      expect(values[slotOf("pid") as number]).toBeNaN();
      expect(values[slotOf("uptime") as number]).toBeNaN();
      expect(values[slotOf("threads") as number]).toBe(4);
      expect(values[slotOf("rusage_user") as number]).toBe(0.19063);
    }
  });

  it("of Memfleet's own stats are not taken from a node", () => {
    const { values } = read(new StatsReader(), text("STAT latency 5\r\nEND\r\n"));
    expect(values.every(Number.isNaN)).toBe(true);
  });

  it("with names of object properties harm nothing", () => {
    const { done } = read(new StatsReader(), text("STAT __proto__ 1\r\nSTAT constructor 2\r\nEND\r\n"));
    expect(done).toBe(true);
    expect(({} as Record<string, unknown>)["1"]).toBeUndefined();
  });

  it("of an earlier reply do not stay when the next reply lacks them", () => {
    const reader = new StatsReader();
    read(reader, text("STAT version 1.6.18\r\nSTAT pid 7\r\nEND\r\n"));
    const { values } = read(reader, text("STAT uptime 1\r\nEND\r\n"));
    expect(values[slotOf("pid") as number]).toBeNaN();
    expect(reader.version).toBeNull();
  });
});

describe("what is not a stats reply", () => {
  it.each([
    ["HTTP/1.1 400 Bad Request\r\n", "malformedReply"],
    ["HTTP", "malformedReply"],
    ["SSH-2.0-OpenSSH_9.2\r\n", "malformedReply"],
    ["-ERR unknown command\r\n", "malformedReply"],
    ["STAT pid 1\nEND\r\n", "malformedReply"],
    ["STAT pid 1\rSTAT uptime 2\r\nEND\r\n", "malformedReply"],
    ["STAT  1\r\nEND\r\n", "malformedReply"],
    ["END\r\nSTAT pid 1\r\n", "malformedReply"],
    ["ERROR\r\nERROR\r\n", "malformedReply"],
    ["\r\n", "malformedReply"],
  ])("%j is refused as %s", (reply, reason) => {
    expect(faultOf(() => read(new StatsReader(), text(reply)))).toBe(reason);
    const knowing = new StatsReader();
    read(knowing, text("STAT pid 1\r\nSTAT uptime 2\r\nEND\r\n"));
    expect(faultOf(() => read(knowing, text(reply)))).toBe(reason);
  });

  it("is distinguished from a server that refuses", () => {
    for (const [reply, kind] of [
      ["ERROR\r\n", "unknownCommand"],
      ["CLIENT_ERROR unauthenticated\r\n", "clientError"],
      ["SERVER_ERROR out of memory\r\n", "serverError"],
    ]) {
      expect(faultOf(() => read(new StatsReader(), text(reply ?? "")))).toMatchObject({ kind });
      expect(faultOf(() => read(new StatsReader(), text(reply ?? "")))).toBeInstanceOf(CommandError);
    }
  });

  it("is too large with a line of more than 8 kB, finished or not", () => {
    const long = "9".repeat(8_200);
    const reader = new StatsReader();
    expect(faultOf(() => read(reader, text(`STAT pid ${long}\r\nEND\r\n`)))).toBe("replyTooLarge");
    expect(faultOf(() => read(reader, text(`STAT pid ${long}`)))).toBe("replyTooLarge");
    read(reader, text("STAT pid 1\r\nEND\r\n"));
    expect(faultOf(() => read(reader, text(`STAT pid ${long}\r\nEND\r\n`)))).toBe("replyTooLarge");
    expect(faultOf(() => read(reader, text(`STAT pid ${long}`)))).toBe("replyTooLarge");
  });

  it("is too large with more than 1 MB or 2,000 lines", () => {
    const few = text(`STAT pid ${"9".repeat(8_000)}\r\n`);
    const many = text("STAT pid 1\r\n");
    expect(faultOf(() => read(new StatsReader(), ...Array(140).fill(few)))).toBe("replyTooLarge");
    expect(faultOf(() => read(new StatsReader(), ...Array(2_001).fill(many)))).toBe("replyTooLarge");
    expect(faultOf(() => read(new StatsReader(), ...Array(2_000).fill(many)))).toBe("nothing was thrown");
  });

  it("leaves the reader usable", () => {
    const reader = new StatsReader();
    const reply = capture("1.6.18", "stats");
    read(reader, reply);
    expect(faultOf(() => read(reader, reply.subarray(0, 1_000), text("\n")))).toBe("malformedReply");
    expect(read(reader, reply).values).toEqual(expected(reply.toString("latin1")));
  });
});

it("a truncated reply is never treated as complete", () => {
  const reply = capture("1.6.18", "stats");
  const reader = new StatsReader();
  read(reader, reply);
  for (let length = 1; length < reply.length; length++) {
    expect(read(reader, reply.subarray(0, length)).done).toBe(false);
  }
});

it("nothing of a chunk is retained: its memory may be reused at once", () => {
  const reply = capture("1.6.18", "stats");
  const reader = new StatsReader();
  const values = new Float64Array(SLOT_COUNT);
  const shared = Buffer.alloc(100);
  reader.begin(values);
  for (let at = 0; at < reply.length; at += shared.length) {
    const length = reply.copy(shared, 0, at, at + shared.length);
    reader.push(shared, length);
    shared.fill("x");
  }
  expect(values).toEqual(expected(reply.toString("latin1")));
  expect(reader.version).toBe("1.6.18");
});
