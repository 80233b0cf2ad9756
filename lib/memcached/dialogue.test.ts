/** Dialogues with a node that does what no real one does on command. */
import { afterEach, describe, expect, it } from "vitest";
import { NodeError } from "@/lib/model/errors";
import type { Dialogue, NodeClient } from "./contract";
import { hangUp, say, silence } from "./fake-reactions";
import { type FakeServer, type Script, startFakeServer } from "./fake-server";
import { createNodeClient } from "./node-client";

let fake: FakeServer | null = null;
let client: NodeClient | null = null;

async function dial(script: Script): Promise<Dialogue> {
  fake = await startFakeServer({ version: say("VERSION 1.6.18\r\n"), ...script });
  client = createNodeClient(fake.endpoint, { connectTimeoutMs: 1_000, timeoutMs: 400 });
  return client.dial();
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
