/** Bulk deletes on old and broken servers, which a scripted node imitates. */
import { afterEach, describe, expect, it } from "vitest";
import { openBulkDelete } from "@/lib/memcached/bulk-delete/session";
import type { BulkDelete, BulkDeleteKind } from "@/lib/memcached/contract";
import { CapabilityError, NodeError } from "@/lib/model/errors";
import { hangUp, pieces, say, silence } from "@/tests/doubles/fake-reactions";
import { type FakeServer, type Script, startFakeServer } from "@/tests/doubles/fake-server";

const DELETE: BulkDeleteKind = { kind: "delete" };
const PATIENT = { connectTimeoutMs: 5_000, timeoutMs: 10_000 };
const HASTY = { connectTimeoutMs: 5_000, timeoutMs: 500 };

const fakes: FakeServer[] = [];
const sessions: BulkDelete[] = [];

afterEach(async () => {
  for (const session of sessions.splice(0)) session.close();
  for (const fake of fakes.splice(0)) {
    await fake.drained();
    await fake.close();
  }
});

async function open(
  version: string,
  script: Script,
  kind = DELETE,
  deadlines = PATIENT,
): Promise<{ readonly fake: FakeServer; readonly session: BulkDelete }> {
  const fake = await startFakeServer({
    version: say(`VERSION ${version}\r\n`),
    stats: say(`STAT pid 7\r\nSTAT version ${version}\r\nEND\r\n`),
    "stats settings": say("STAT dump_enabled yes\r\nSTAT lru_crawler yes\r\nEND\r\n"),
    ...script,
  });
  fakes.push(fake);
  const session = await openBulkDelete(fake.endpoint, deadlines, kind);
  sessions.push(session);
  return { fake, session };
}

const named = (...keys: string[]) => keys.map((key) => ({ key: Buffer.from(key), cas: "5" }));

async function reasonOf(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => "nothing was thrown",
    (error) => (error instanceof NodeError ? error.reason : String(error)),
  );
}

describe("a server without meta commands", () => {
  it("gets delete commands, which do not compare the CAS", async () => {
    const { fake, session } = await open("1.5.5", {
      "delete a": say("DELETED\r\n"),
      "delete b": say("NOT_FOUND\r\n"),
      "delete c": say("SERVER_ERROR out of memory\r\n"),
      "delete d": say("DELETED\r\n"),
    });
    expect(session.compares).toBe(false);
    const counts = await session.delete([...named("a", "b", "c", "d"), ...named("e e")], DELETE);
    // A key that no command can contain is not sent.
    expect(counts).toEqual({ done: 2, missing: 1, changed: 0, failed: 2 });
    expect(fake.commands.filter((command) => command.startsWith("delete"))).toHaveLength(4);
  });

  it("cannot mark items as stale, and gets no such command", async () => {
    const stale = open("1.5.5", {}, { kind: "stale", exptime: null });
    await expect(stale).rejects.toThrow(CapabilityError);
    expect(fakes[0]?.commands).toEqual(["version", "stats", "stats settings"]);
  });
});

describe("a server with meta commands", () => {
  it("gets md with the CAS, and each reply is counted", async () => {
    const { session } = await open("1.6.18", {
      "md a C5": say("HD\r\n"),
      "md b C5": pieces("NF\r\n", [1, 2, 3]),
      "md c C5": say("EX\r\n"),
      "md ZSBl b C5": say("HD\r\n"),
      "md f C5": say("CLIENT_ERROR bad command line format\r\n"),
    });
    expect(await session.delete(named("a", "b"), DELETE)).toMatchObject({ done: 1, missing: 1 });
    expect(await session.delete(named("c", "e e", "f"), DELETE)).toEqual({
      done: 1,
      missing: 0,
      changed: 1,
      failed: 1,
    });
    expect(await session.delete([], DELETE)).toEqual({ done: 0, missing: 0, changed: 0, failed: 0 });
  });
});

describe("a server that", () => {
  it.each([
    ["never answers", silence, "replyTimeout", HASTY],
    ["closes", hangUp("HD\r\n"), "connectionClosed", PATIENT],
    ["answers as another protocol", say("HTTP/1.1 400 Bad Request\r\n"), "malformedReply", PATIENT],
    ["sends more replies than requests", say("HD\r\nHD\r\nHD\r\n"), "malformedReply", PATIENT],
    ["sends a line that never ends", say("H".repeat(9_000)), "replyTooLarge", PATIENT],
    ["names a property of every object", say("constructor\r\n"), "malformedReply", PATIENT],
  ] as const)(
    "%s ends the connection, and the batch reports it",
    async (_what, reaction, reason, deadlines) => {
      const { fake, session } = await open(
        "1.6.18",
        { "md a C5": reaction, "md b C5": silence },
        DELETE,
        deadlines,
      );
      expect(await reasonOf(session.delete(named("a", "b"), DELETE))).toBe(
        // Two of the three answers are those of the batch; the third ends the connection afterwards.
        _what === "sends more replies than requests" ? "nothing was thrown" : reason,
      );
      await fake.drained();
      expect(await reasonOf(session.delete(named("a"), DELETE))).toBe(reason);
    },
  );
});
