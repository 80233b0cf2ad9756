/** What a node cannot do to Memfleet when a key is read, and what old nodes are never sent. */
import { afterEach, describe, expect, it } from "vitest";
import { emptyValues } from "@/lib/catalogue/stats";
import type { NodeClient } from "@/lib/memcached/contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import { CapabilityError, NodeError } from "@/lib/model/errors";
import { drip, flood, frame, hangUp, say, silence } from "@/tests/doubles/fake-reactions";
import { type FakeServer, type Script, startFakeServer } from "@/tests/doubles/fake-server";

const HASTY = { connectTimeoutMs: 300, timeoutMs: 300 };
const PATIENT = { connectTimeoutMs: 10_000, timeoutMs: 60_000 };
const VERSION = say("VERSION 1.6.18\r\n");
const STATS = say("STAT pid 7\r\nSTAT uptime 1\r\nSTAT version 1.6.18\r\nEND\r\n");
const LOOK = "mg k s t l h f c v u";
const MEGABYTE = 1_048_576;
const KEY = Buffer.from("k");

const fakes: FakeServer[] = [];
const clients: NodeClient[] = [];

async function node(script: Script, deadlines = PATIENT): Promise<{ fake: FakeServer; client: NodeClient }> {
  const fake = await startFakeServer(script);
  const client = createNodeClient(fake.endpoint, deadlines);
  fakes.push(fake);
  clients.push(client);
  return { fake, client };
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const fake of fakes.splice(0)) {
    await fake.drained();
    await fake.close();
  }
});

const inspectKey = (client: NodeClient, key = KEY) => client.withKeys((keys) => keys.inspect(key, MEGABYTE));

async function reasonOf(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => "nothing was thrown",
    (error) => (error instanceof NodeError ? error.reason : String(error)),
  );
}

describe("a node that a key is read from", () => {
  it("and announces a gigabyte uses no memory of Memfleet, and is still polled", async () => {
    const script = {
      version: VERSION,
      stats: STATS,
      [LOOK]: flood(1_073_741_824, Buffer.alloc(65_536, "x"), "VA 1073741824 s1073741824 f0\r\n"),
    };
    const { fake, client } = await node(script);
    await client.poll(emptyValues());
    const before = process.memoryUsage().rss;
    let highest = before;
    for (let n = 0; n < 10; n++) {
      const item = await inspectKey(client);
      expect(item?.size).toBe(1_073_741_824);
      expect(item?.value?.length).toBe(MEGABYTE);
      highest = Math.max(highest, process.memoryUsage().rss);
    }
    expect((highest - before) / MEGABYTE).toBeLessThan(64);
    await client.poll(emptyValues());
    // One connection for the polls, one for each lookup.
    expect(fake.accepted).toBe(11);
    await expect.poll(() => fake.open, { timeout: 20_000 }).toBe(1);
  });

  it("and announces four gigabytes over the binary protocol is disconnected", async () => {
    const { fake, client } = await node({
      "binary 11": (socket, request) => void socket.write(frame(request, { value: "1.6.18" })),
      "binary 32": (socket, request) => void socket.write(frame(request, { status: 0x81 })),
      "binary 16 settings": (socket, request) => void socket.write(frame(request)),
      "binary 0 k": (socket, request) => {
        const header = frame(request, { announced: 0xffff_ffff });
        header.writeUInt8(4, 4);
        socket.write(header);
      },
    });
    const binary = createNodeClient({ ...fake.endpoint, protocol: "binary" }, PATIENT);
    clients.push(binary);
    expect(await inspectKey(binary)).toMatchObject({ size: 0xffff_ffff - 4, value: null });
    expect(client.dialect()).toBeNull();
  });

  it.each([
    ["is silent", silence, "replyTimeout"],
    ["drips", drip("VA 5 s5 f0\r\nhello\r\n", 50), "replyTimeout"],
  ] as const)("and %s costs its time and no poll", async (_, reaction, reason) => {
    const { client } = await node({ version: VERSION, stats: STATS, [LOOK]: reaction }, HASTY);
    await client.poll(emptyValues());
    const [inspected, polled] = await Promise.all([
      reasonOf(inspectKey(client)),
      reasonOf(client.poll(emptyValues())),
    ]);
    expect(inspected).toBe(reason);
    expect(polled).toBe("nothing was thrown");
  });

  it.each([
    ["hangs up in the middle", hangUp("VA 5 s5 f0\r\nhel"), "connectionClosed"],
    ["sends less than it announced", say("VA 5 s5 f0\r\nhel\r\nEN\r\n"), "malformedReply"],
    ["sends more than it announced", say("VA 5 s5 f0\r\nhello more\r\n"), "malformedReply"],
    ["answers another question", say("STORED\r\n"), "malformedReply"],
    ["tells no size", say("HD f0\r\n"), "malformedReply"],
    ["speaks another protocol", say("\u0000\u0001\u0002"), "malformedReply"],
    ["refuses", say("SERVER_ERROR out of memory writing get response\r\n"), "unsupported"],
  ] as const)("and %s is not believed, and the poll goes on", async (_, reaction, reason) => {
    const { fake, client } = await node({ version: VERSION, stats: STATS, [LOOK]: reaction });
    await client.poll(emptyValues());
    expect(await reasonOf(inspectKey(client))).toBe(reason);
    await client.poll(emptyValues());
    expect(fake.commands.filter((command) => command === "version")).toHaveLength(2);
  });

  it("and answers a change with an unknown reply is an error", async () => {
    const { client } = await node({
      version: VERSION,
      "delete k": say("TOUCHED\r\n"),
      "incr k 1": say("OK\r\n"),
    });
    expect(await reasonOf(client.withKeys((keys) => keys.delete(KEY)))).toBe("malformedReply");
    expect(await reasonOf(client.withKeys((keys) => keys.count("incr", KEY, 1n)))).toBe("malformedReply");
  });

  it("and disconnects after a change was sent is not sent it again", async () => {
    const { fake, client } = await node({ version: VERSION, "incr k 1": hangUp() });
    expect(await reasonOf(client.withKeys((keys) => keys.count("incr", KEY, 1n)))).toBe("connectionClosed");
    expect(fake.commands).toEqual(["version", "incr k 1"]);
  });

  it("and whose client is closed answers no pending request", async () => {
    const { client } = await node({ version: VERSION, [LOOK]: silence });
    const waiting = reasonOf(inspectKey(client));
    const behind = reasonOf(inspectKey(client));
    client.close();
    expect(await waiting).toBe("connectionClosed");
    expect(await behind).toBe("connectionClosed");
    expect(await reasonOf(inspectKey(client))).toBe("connectionClosed");
  });
});

describe("an older node", () => {
  it("that refuses the no-bump flag is read without it, and the reply reports it", async () => {
    const { client } = await node({
      version: VERSION,
      [LOOK]: say("CLIENT_ERROR invalid flag\r\n"),
      "mg k s t l h f c v": say("VA 1 s1 t-1 l5 h1 f3 c9\r\nx\r\n"),
    });
    expect(await inspectKey(client)).toEqual({
      flags: 3,
      size: 1,
      ttlSeconds: -1,
      lastAccessSeconds: 5,
      fetched: true,
      cas: 9n,
      bumped: true,
      value: Buffer.from("x"),
    });
  });

  it("without meta commands is read with gets, and the reply reports it", async () => {
    const { client } = await node({
      version: say("VERSION 1.4.25\r\n"),
      "gets k": [
        say("VALUE k 3 1 9\r\nx\r\nEND\r\n"),
        say("END\r\n"),
        say("VALUE other 3 1 9\r\nx\r\nEND\r\n"),
      ],
    });
    expect(await inspectKey(client)).toEqual({
      flags: 3,
      size: 1,
      ttlSeconds: null,
      lastAccessSeconds: null,
      fetched: null,
      cas: 9n,
      bumped: true,
      value: Buffer.from("x"),
    });
    expect(await inspectKey(client)).toBeNull();
    expect(await reasonOf(inspectKey(client))).toBe("malformedReply");
  });

  it.each(["1.4.25", "1.6.9"])(
    "of version %s is never sent a key that it would take for commands",
    async (version) => {
      const { fake, client } = await node({ version: say(`VERSION ${version}\r\n`) });
      const key = Buffer.from("a\r\nflush_all\r\n");
      await expect(inspectKey(client, key)).rejects.toThrow(CapabilityError);
      const store = client.withKeys((keys) =>
        keys.store(key, Buffer.from("x"), { mode: "set", flags: 0, exptime: 0 }),
      );
      await expect(store).rejects.toThrow(CapabilityError);
      expect(fake.commands).toEqual(["version", "version"]);
    },
  );
});
