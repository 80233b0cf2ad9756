import { describe, expect, it } from "vitest";
import { NodeError } from "@/lib/model/errors";
import { checkBinaryCommands } from "../binary/command-checks";
import { encodeFrame } from "../binary/encoder";
import { checkTextCommands } from "../text/command-checks";
import type { TextReply } from "../text/replies";
import { refusalOf } from "../text/reply-line";

const PREFIX = "memfleet:check:x:";
const replyOf = (line: string): TextReply => ({ line, values: [], refusal: refusalOf(line) });

/** Checks a node that answers each request like this; also gives what it was sent. */
async function checkText(answer: (request: string) => string) {
  const sent: string[] = [];
  const rows = await checkTextCommands(async (request) => {
    sent.push(Buffer.from(request).toString("latin1"));
    return replyOf(answer(sent.at(-1) ?? ""));
  }, PREFIX);
  return { rows, sent };
}

const verdicts = (rows: readonly { readonly name: string; readonly verdict: string }[], verdict: string) =>
  rows.filter((row) => row.verdict === verdict).map(({ name }) => name);

describe("checking a text node", () => {
  it("one that knows no command offers none", async () => {
    const { rows } = await checkText(() => "ERROR");
    expect(verdicts(rows, "notOffered")).toEqual(rows.map(({ name }) => name));
  });

  it("a node that accepts every store fails wherever that is wrong", async () => {
    const { rows } = await checkText(() => "STORED");
    expect(verdicts(rows, "passed")).toEqual(["set"]);
    expect(rows.find(({ name }) => name === "add")).toEqual({
      name: "add",
      verdict: "failed",
      detail: 'add: received "STORED", expected "NOT_STORED"',
    });
  });

  it("one before 1.6.10 is not sent meta commands: their data would be taken for commands", async () => {
    const { rows, sent } = await checkText((request) =>
      request.startsWith("version") ? "VERSION 1.6.9" : "STORED",
    );
    const meta = ["mn", "ms", "mg", "md", "ma", "me", "base64 keys"];
    expect(verdicts(rows, "notOffered")).toEqual(meta);
    expect(sent.filter((request) => /^m[a-z] /.test(request))).toEqual([]);
  });

  it("is only ever sent commands of one key of the check, never one that reaches further", async () => {
    for (const version of ["1.4.5", "1.6.18"]) {
      const { sent } = await checkText((request) =>
        request.startsWith("version") ? `VERSION ${version}` : "STORED",
      );
      expect(sent.length).toBeGreaterThan(20);
      for (const request of sent) {
        const [command = "", ...words] = request.split("\r\n")[0]?.split(" ") ?? [];
        if (command === "version" || command === "mn") continue;
        expect(command).toMatch(
          /^(get|gets|gat|set|add|replace|append|prepend|cas|incr|decr|touch|delete|m[sgdae])$/,
        );
        const [key = ""] = command === "gat" ? words.slice(1) : words;
        const plain = key.startsWith(PREFIX) ? key : Buffer.from(key, "base64").toString("latin1");
        expect(plain.startsWith(PREFIX), request).toBe(true);
      }
    }
  });

  it("stores nothing that outlives a minute", async () => {
    const { sent } = await checkText((request) => (request.startsWith("version") ? "VERSION 1.6.18" : "HD"));
    const exptimes = sent.flatMap((request) => {
      const words = request.split("\r\n")[0]?.split(" ") ?? [];
      if (/^(set|add|replace|append|prepend|cas)$/.test(words[0] ?? "")) return [words[3]];
      return words[0] === "ms" ? [words.find((word) => word.startsWith("T"))?.slice(1)] : [];
    });
    expect(new Set(exptimes)).toEqual(new Set(["60", "-1"]));
  });

  it("reports where a connection ended, and what was not tried after it is no failure", async () => {
    let requests = 0;
    const rows = await checkTextCommands(async () => {
      if (++requests === 3) throw new NodeError("n", "connectionClosed");
      return replyOf(requests === 1 ? "VERSION 1.6.18" : "STORED");
    }, PREFIX);
    expect(requests).toBe(3);
    expect(rows.slice(0, 4).map(({ verdict }) => verdict)).toEqual([
      "passed",
      "passed",
      "failed",
      "notTried",
    ]);
    expect(verdicts(rows, "failed")).toHaveLength(1);
    expect(rows[2]?.detail).toBe("connection closed (connection closed by the node before it responded)");
    expect(rows.at(-1)?.detail).toBe(
      "skipped: the connection was closed (connection closed by the node before it responded)",
    );
  });
});

describe("checking a binary node", () => {
  /** Every frame is answered so; quiet ones only when that is a refusal. */
  const answering = (status: number, value = "") =>
    checkBinaryCommands(async (frames) => {
      const body = { extras: Buffer.alloc(4), key: Buffer.alloc(0), value: Buffer.from(value) };
      const reply = { opcode: 0, status, opaque: 0, cas: 1n, size: value.length, body };
      return { last: reply, before: status === 0 ? [] : frames.slice(1).map(() => reply) };
    }, PREFIX);

  it("one that knows no request offers none", async () => {
    const rows = await answering(0x81);
    expect(verdicts(rows, "notOffered")).toEqual(rows.map(({ name }) => name));
  });

  it("a node that accepts everything fails", async () => {
    const rows = await answering(0, "v");
    expect(verdicts(rows, "failed")).toContain("add");
    expect(rows.find(({ name }) => name === "add")?.detail).toBe("0x02: received status 0x00, expected 0x02");
  });

  it("is never sent flush, quit, verbosity or a stat request", async () => {
    const opcodes = new Set<number>();
    await checkBinaryCommands(async (frames) => {
      for (const frame of frames) {
        opcodes.add(frame.opcode);
        const key = frame.key ?? "";
        if (frame.opcode !== 0x0a && frame.opcode !== 0x0b) expect(key.startsWith(PREFIX)).toBe(true);
        expect(encodeFrame({ ...frame, opaque: 1 }).length).toBeGreaterThanOrEqual(24);
      }
      const body = { extras: Buffer.alloc(4), key: Buffer.alloc(0), value: Buffer.alloc(0) };
      return { last: { opcode: 0, status: 0, opaque: 0, cas: 1n, size: 0, body }, before: [] };
    }, PREFIX);
    for (const forbidden of [0x07, 0x08, 0x10, 0x17, 0x18, 0x1b]) expect(opcodes).not.toContain(forbidden);
  });
});
