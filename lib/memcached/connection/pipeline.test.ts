/** Dialogues with a node that does what no real one does on command. */
import { afterEach, describe, expect, it } from "vitest";
import { emptyValues } from "@/lib/catalogue/stats";
import { NodeError } from "@/lib/model/errors";
import { LACKING } from "@/lib/model/node/capability";
import { hangUp, say, silence } from "@/tests/doubles/fake-reactions";
import { type FakeServer, type Script, startFakeServer } from "@/tests/doubles/fake-server";
import type { NodeClient, PipelinedSession } from "../contract";
import { createNodeClient } from "../node-client";

let fake: FakeServer | null = null;
let client: NodeClient | null = null;

async function dial(script: Script): Promise<PipelinedSession> {
  fake = await startFakeServer({ version: say("VERSION 1.6.18\r\n"), ...script });
  client = createNodeClient(fake.endpoint, { connectTimeoutMs: 1_000, timeoutMs: 400 });
  return client.openSession();
}

afterEach(async () => {
  client?.close();
  await fake?.close();
});

const reasons = async (asked: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(asked)).map((one) =>
    one.status === "fulfilled" ? one.value : one.reason instanceof NodeError ? one.reason.reason : one.reason,
  );

describe("a dialogue", () => {
  it("answers what was asked without waiting, in order", async () => {
    const dialogue = await dial({
      "get a": say("END\r\n"),
      "get b": say("VALUE b 0 5\r\nEND\r\n\r\nEND\r\n"),
      "delete c": say("DELETED\r\n"),
    });
    const asked = [dialogue.get("a"), dialogue.get("b"), dialogue.delete("c"), dialogue.version()];
    expect(await Promise.all(asked)).toEqual([null, 5, true, "1.6.18"]);
    expect(fake?.commands.slice(-4)).toEqual(["get a", "get b", "delete c", "version"]);
  });

  it("ends with the first answer that breaks the protocol, for everything under way", async () => {
    const dialogue = await dial({ "get a": say("END\r\n"), "get b": say("nonsense\r\n"), "get c": silence });
    const asked = [dialogue.get("a"), dialogue.get("b"), dialogue.get("c")];
    expect(await reasons(asked)).toEqual([null, "malformedReply", "malformedReply"]);
    expect(dialogue.ended).toMatchObject({ reason: "malformedReply" });
    expect(await reasons([dialogue.get("a")])).toEqual(["malformedReply"]);
  });

  it("ends when bytes come that nobody asked for", async () => {
    const dialogue = await dial({ "get a": say("END\r\nEND\r\n"), "get b": silence });
    expect(await reasons([dialogue.get("a")])).toEqual([null]);
    expect(dialogue.ended).toMatchObject({ reason: "malformedReply" });
  });

  it("goes on after a refusal", async () => {
    const dialogue = await dial({
      "get a": say("SERVER_ERROR out of memory\r\n"),
      "get b": say("END\r\n"),
    });
    expect(await reasons([dialogue.get("a"), dialogue.get("b")])).toEqual(["unsupported", null]);
    expect(dialogue.ended).toBeNull();
  });

  it("gives up on all when one is not answered in its time", async () => {
    const dialogue = await dial({ "get a": say("END\r\n"), "get b": silence, "get c": say("END\r\n") });
    expect(await reasons([dialogue.get("a"), dialogue.get("b")])).toEqual([null, "replyTimeout"]);
    expect(dialogue.ended).toMatchObject({ reason: "replyTimeout" });
    await fake?.drained();
  });

  it("is over when the node hangs up in the middle of a value", async () => {
    const dialogue = await dial({ "get a": hangUp("VALUE a 0 100\r\nhalf") });
    expect(await reasons([dialogue.get("a")])).toEqual(["connectionClosed"]);
  });

  it("takes another answer than the command's own for nonsense", async () => {
    const dialogue = await dial({ "get a": say("STORED\r\n"), "delete a": say("TOUCHED\r\n") });
    expect(await reasons([dialogue.get("a"), dialogue.delete("a")])).toEqual([
      "malformedReply",
      "malformedReply",
    ]);
  });

  it("does not send a key that is none", async () => {
    const dialogue = await dial({});
    await expect(dialogue.get("a\r\nflush_all")).rejects.toThrow(/key/);
    expect(fake?.commands.filter((command) => command !== "version")).toEqual([]);
  });
});

describe("a tuning command", () => {
  const script = {
    version: say("VERSION 1.6.18\r\n"),
    stats: say("STAT pid 1\r\nSTAT version 1.6.18\r\nEND\r\n"),
    "stats settings": say("STAT verbosity 0\r\nEND\r\n"),
  };

  it("is answered with words that are bounded and printable, whatever the node says", async () => {
    fake = await startFakeServer({ ...script, "verbosity 1": say(`OK \u001b[31m${"x".repeat(5_000)}\r\n`) });
    client = createNodeClient(fake.endpoint, { connectTimeoutMs: 1_000, timeoutMs: 1_000 });
    expect(await client.tune({ command: "verbosity", level: 1 })).toMatch(/^OK \?\[31mx{100,120}$/);
  });

  it("is sent once, also when the node hangs up on it", async () => {
    fake = await startFakeServer({ ...script, "verbosity 1": hangUp() });
    client = createNodeClient(fake.endpoint, { connectTimeoutMs: 1_000, timeoutMs: 1_000 });
    await client.poll(emptyValues());
    await expect(client.tune({ command: "verbosity", level: 1 })).rejects.toMatchObject({
      reason: "connectionClosed",
    });
    expect(fake.commands.filter((command) => command === "verbosity 1")).toHaveLength(1);
  });

  it("is not sent to a node whose settings have switched it off", async () => {
    const off = say("STAT slab_reassign no\r\nEND\r\n");
    fake = await startFakeServer({ ...script, "stats settings": off });
    client = createNodeClient(fake.endpoint, { connectTimeoutMs: 1_000, timeoutMs: 1_000 });
    const tuning = { command: "slabs reassign", from: 1, to: 2 } as const;
    await expect(client.tune(tuning)).rejects.toThrow(LACKING.disabledBySetting);
  });
});
