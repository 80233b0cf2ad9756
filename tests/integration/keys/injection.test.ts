/** 100,000 keys of hostile bytes: each is one command, or a refusal that never leaves. */
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { RunContext, Target } from "@/lib/actions/contract";
import { decrKey, incrKey } from "@/lib/actions/kinds/count-key";
import { deleteKey } from "@/lib/actions/kinds/delete-key";
import { setKey } from "@/lib/actions/kinds/set-key";
import { touchKey } from "@/lib/actions/kinds/touch-key";
import { keyBytes } from "@/lib/memcached/key-bytes";
import type { KeyCommands } from "@/lib/memcached/key-contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import { type KeyEncoding, SET_MODES } from "@/lib/model/actions/action";
import { CapabilityError, InputError } from "@/lib/model/errors";
import { plainNode } from "../../doubles/plain-node";
import { type RecordingNode, startRecordingNode } from "../../servers/recording-node";

const KEYS = 100_000;
/** All of them are one job on one connection. */
const PATIENT = { connectTimeoutMs: 10_000, timeoutMs: 600_000 };

const CONTEXT: RunContext = {
  nowMs: Date.now,
  signal: new AbortController().signal,
  multiNode: false,
  progress: () => undefined,
};

const hostile = fc.oneof(
  { weight: 4, arbitrary: fc.uint8Array({ minLength: 0, maxLength: 40 }) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 180, maxLength: 255 }) },
  {
    weight: 4,
    arbitrary: fc
      .array(
        fc.oneof(
          fc.constantFrom("\r\n", "\n", "\r", " ", "\0", "\t", "\u007f", "\u0085", "\u2028"),
          fc.constantFrom("flush_all", "shutdown", "set a 0 0 1\r\nx", "mn", "b", "noreply", "-1", "é", "😀"),
          fc.string({ maxLength: 5 }),
        ),
        { maxLength: 12 },
      )
      .map((parts) => Buffer.from(parts.join(""))),
  },
);

const COMMANDS: readonly ((keys: KeyCommands, key: Buffer) => Promise<unknown>)[] = [
  (keys, key) => keys.inspect(key, 100),
  (keys, key) => keys.inspect(key, 0),
  (keys, key) => keys.exists(key),
  ...SET_MODES.map((mode) => (keys: KeyCommands, key: Buffer) => {
    return keys.store(key, key, { mode, flags: 1, exptime: 60 });
  }),
  (keys, key) => keys.touch(key, 60),
  (keys, key) => keys.delete(key),
  (keys, key) => keys.count("incr", key, 1n),
  (keys, key) => keys.count("decr", key, 2n ** 64n - 1n),
];

let node: RecordingNode | null = null;
afterEach(async () => {
  await node?.close();
  node = null;
});

/** Sends every key through one command after the other; returns what cannot be. */
async function violations(
  protocol: "text" | "binary",
  total: number,
): Promise<{ wrong: string[]; sent: number }> {
  const recording = await startRecordingNode(protocol);
  node = recording;
  const client = createNodeClient(recording.endpoint, PATIENT);
  const wrong: string[] = [];
  let sent = 0;
  await client.withKeys(async (keys) => {
    for (const [n, raw] of fc.sample(hostile, { numRuns: total, seed: 20_261_122 }).entries()) {
      const bytes = Buffer.from(raw);
      const command = COMMANDS[n % COMMANDS.length] as (typeof COMMANDS)[number];
      const before = recording.recorded.length;
      const encoding = (n >> 3) % 2 === 0 ? "utf8" : "base64";
      const writing = encoding === "utf8" ? bytes.toString("utf8") : bytes.toString("base64");
      const refused = await attempt(() => command(keys, keyBytes(writing, encoding)));
      const received = recording.recorded.slice(before);
      const expected = encoding === "utf8" ? Buffer.from(writing) : bytes;
      if (refused) {
        if (received.length > 0) wrong.push(`refused, yet sent: ${JSON.stringify(received)}`);
        continue;
      }
      sent++;
      const [only] = received;
      const token = only?.words[1] ?? "";
      const arrived =
        protocol === "text" && only?.words.includes("b") && isForbidden(expected)
          ? Buffer.from(token, "base64")
          : Buffer.from(token, "latin1");
      if (received.length !== 1 || !arrived.equals(expected)) {
        wrong.push(`${JSON.stringify(writing)} became ${JSON.stringify(received)}`);
      }
    }
  });
  client.close();
  return { wrong, sent };
}

function isForbidden(key: Buffer): boolean {
  return key.some((byte) => byte <= 0x20 || byte === 0x7f);
}

/** Whether it was refused; anything but a refusal is a failure of its own. */
async function attempt(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return false;
  } catch (error) {
    if (error instanceof InputError || error instanceof CapabilityError) return true;
    throw error;
  }
}

/** What an action sends to the node: reads before and after, and one change. */
const ACTING: readonly ((target: Target, key: string, keyEncoding: KeyEncoding) => Promise<unknown>)[] = [
  (target, key, keyEncoding) => {
    const input = {
      key,
      keyEncoding,
      value: key,
      encoding: "utf8",
      flags: 0,
      exptime: 0,
      mode: "set",
    } as const;
    setKey.check?.(input);
    return setKey.run(target, input, CONTEXT);
  },
  (target, key, keyEncoding) => deleteKey.run(target, { key, keyEncoding }, CONTEXT),
  (target, key, keyEncoding) => touchKey.run(target, { key, keyEncoding, exptime: 5 }, CONTEXT),
  (target, key, keyEncoding) => incrKey.run(target, { key, keyEncoding, by: "1" }, CONTEXT),
  (target, key, keyEncoding) => decrKey.run(target, { key, keyEncoding, by: "1" }, CONTEXT),
];
const CHANGES = new Set(["set", "ms", "delete", "md", "touch", "incr", "decr", "ma"]);

describe("keys of hostile bytes", () => {
  it("make one change each in an action, or nothing is sent", async () => {
    const recording = await startRecordingNode("text");
    node = recording;
    const { id } = recording.endpoint;
    const client = createNodeClient(recording.endpoint, PATIENT);
    const target: Target = { id, client, open: () => client, view: plainNode({ id }) };
    let acted = 0;
    for (const [n, raw] of fc.sample(hostile, { numRuns: 3_000, seed: 20_261_122 }).entries()) {
      const bytes = Buffer.from(raw);
      const encoding = n % 2 === 0 ? "utf8" : "base64";
      const writing = encoding === "utf8" ? bytes.toString("utf8") : bytes.toString("base64");
      const act = ACTING[n % ACTING.length] as (typeof ACTING)[number];
      const before = recording.recorded.length;
      const refused = await attempt(async () => act(target, writing, encoding));
      const received = recording.recorded.slice(before).filter(({ words: [name] }) => name !== "version");
      if (refused) expect(received).toEqual([]);
      else {
        acted++;
        const token = encoding === "base64" && isForbidden(bytes) ? writing : bytes.toString("latin1");
        const names = received.map(({ words: [name = ""] }) => name);
        // A touch of a key as base64 is a meta get with a time.
        const changes = received.filter(({ words }) => CHANGES.has(words[0] ?? "") || words.includes("T5"));
        expect(names.filter((name) => !CHANGES.has(name) && name !== "mg")).toEqual([]);
        expect(changes).toHaveLength(1);
        const expected = encoding === "utf8" ? Buffer.from(writing).toString("latin1") : token;
        for (const { words } of received) expect(words[1]).toBe(expected);
      }
    }
    client.close();
    expect(acted).toBeGreaterThan(500);
  }, 600_000);

  it("are one text command each with exactly that key, or are never sent", async () => {
    const { wrong, sent } = await violations("text", KEYS);
    expect(wrong).toEqual([]);
    // Both kinds occur in numbers, or this would prove little.
    expect(sent).toBeGreaterThan(KEYS / 4);
    expect(sent).toBeLessThan(KEYS * 0.9);
  }, 600_000);

  it("are one binary frame each with exactly that key, or are never sent", async () => {
    const { wrong, sent } = await violations("binary", KEYS / 5);
    expect(wrong).toEqual([]);
    expect(sent).toBeGreaterThan(KEYS / 20);
  }, 600_000);
});
