/** Sessions with a node that misbehaves on command. */
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

async function open(script: Script): Promise<PipelinedSession> {
  fake = await startFakeServer({ version: say("VERSION 1.6.18\r\n"), ...script });
  client = createNodeClient(fake.endpoint, { connectTimeoutMs: 1_000, timeoutMs: 400 });
  return client.openSession();
}

afterEach(async () => {
  client?.close();
  await fake?.close();
});

const reasons = async (replies: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(replies)).map((reply) =>
    reply.status === "fulfilled"
      ? reply.value
      : reply.reason instanceof NodeError
        ? reply.reason.reason
        : reply.reason,
  );

describe("a pipelined session", () => {
  it("answers pipelined requests in order", async () => {
    const session = await open({
      "get a": say("END\r\n"),
      "get b": say("VALUE b 0 5\r\nEND\r\n\r\nEND\r\n"),
      "delete c": say("DELETED\r\n"),
    });
    const replies = [session.get("a"), session.get("b"), session.delete("c"), session.version()];
    expect(await Promise.all(replies)).toEqual([null, 5, true, "1.6.18"]);
    expect(fake?.commands.slice(-4)).toEqual(["get a", "get b", "delete c", "version"]);
  });

  it("ends with the first protocol violation, for every pending request", async () => {
    const session = await open({ "get a": say("END\r\n"), "get b": say("nonsense\r\n"), "get c": silence });
    const replies = [session.get("a"), session.get("b"), session.get("c")];
    expect(await reasons(replies)).toEqual([null, "malformedReply", "malformedReply"]);
    expect(session.ended).toMatchObject({ reason: "malformedReply" });
    expect(await reasons([session.get("a")])).toEqual(["malformedReply"]);
  });

  it("ends with unrequested bytes", async () => {
    const session = await open({ "get a": say("END\r\nEND\r\n"), "get b": silence });
    expect(await reasons([session.get("a")])).toEqual([null]);
    expect(session.ended).toMatchObject({ reason: "malformedReply" });
  });

  it("stays open after a rejected command", async () => {
    const session = await open({
      "get a": say("SERVER_ERROR out of memory\r\n"),
      "get b": say("END\r\n"),
    });
    expect(await reasons([session.get("a"), session.get("b")])).toEqual(["unsupported", null]);
    expect(session.ended).toBeNull();
  });

  it("ends when one request times out", async () => {
    const session = await open({ "get a": say("END\r\n"), "get b": silence, "get c": say("END\r\n") });
    expect(await reasons([session.get("a"), session.get("b")])).toEqual([null, "replyTimeout"]);
    expect(session.ended).toMatchObject({ reason: "replyTimeout" });
    await fake?.drained();
  });

  it("ends when the node closes in the middle of a value", async () => {
    const session = await open({ "get a": hangUp("VALUE a 0 100\r\nhalf") });
    expect(await reasons([session.get("a")])).toEqual(["connectionClosed"]);
  });

  it("ends with a reply of another command", async () => {
    const session = await open({ "get a": say("STORED\r\n"), "delete a": say("TOUCHED\r\n") });
    expect(await reasons([session.get("a"), session.delete("a")])).toEqual([
      "malformedReply",
      "malformedReply",
    ]);
  });

  it("ends with a value of another key", async () => {
    const session = await open({ "get a": say("VALUE b 0 1\r\nx\r\nEND\r\n") });
    expect(await reasons([session.getValue("a")])).toEqual(["malformedReply"]);
    expect(session.ended).toMatchObject({ reason: "malformedReply" });
  });

  it("does not send an invalid key", async () => {
    const session = await open({});
    await expect(session.get("a\r\nflush_all")).rejects.toThrow(/key/);
    expect(fake?.commands.filter((command) => command !== "version")).toEqual([]);
  });
});

describe("a tuning command", () => {
  const script = {
    version: say("VERSION 1.6.18\r\n"),
    stats: say("STAT pid 1\r\nSTAT version 1.6.18\r\nEND\r\n"),
    "stats settings": say("STAT verbosity 0\r\nEND\r\n"),
  };

  it("resolves with a bounded, printable reply", async () => {
    fake = await startFakeServer({ ...script, "verbosity 1": say(`OK \u001b[31m${"x".repeat(5_000)}\r\n`) });
    client = createNodeClient(fake.endpoint, { connectTimeoutMs: 1_000, timeoutMs: 1_000 });
    expect(await client.tune({ command: "verbosity", level: 1 })).toMatch(/^OK \?\[31mx{100,120}$/);
  });

  it("is sent once, even if the node closes the connection", async () => {
    fake = await startFakeServer({ ...script, "verbosity 1": hangUp() });
    client = createNodeClient(fake.endpoint, { connectTimeoutMs: 1_000, timeoutMs: 1_000 });
    await client.poll(emptyValues());
    await expect(client.tune({ command: "verbosity", level: 1 })).rejects.toMatchObject({
      reason: "connectionClosed",
    });
    expect(fake.commands.filter((command) => command === "verbosity 1")).toHaveLength(1);
  });

  it("is not sent to a node whose settings disable it", async () => {
    const off = say("STAT slab_reassign no\r\nEND\r\n");
    fake = await startFakeServer({ ...script, "stats settings": off });
    client = createNodeClient(fake.endpoint, { connectTimeoutMs: 1_000, timeoutMs: 1_000 });
    const tuning = { command: "slabs reassign", from: 1, to: 2 } as const;
    await expect(client.tune(tuning)).rejects.toThrow(LACKING.disabledBySetting);
  });
});
