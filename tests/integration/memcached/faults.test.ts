/** What a node must not be able to do to us, acted out by a scripted one. */
import { afterEach, describe, expect, it } from "vitest";
import { emptyValues } from "@/lib/catalogue/stats";
import type { NodeClient, NodeEndpoint } from "@/lib/memcached/contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import { CapabilityError, NodeError } from "@/lib/model/errors";
import { drip, flood, frame, hangUp, pieces, reset, say, silence } from "@/tests/doubles/fake-reactions";
import { type FakeServer, type Reaction, type Script, startFakeServer } from "@/tests/doubles/fake-server";

const DEADLINES = { connectTimeoutMs: 300, timeoutMs: 300 };
/** For faults that are detected from a reply, which can take a while on a busy machine. */
const PATIENT = { connectTimeoutMs: 5_000, timeoutMs: 10_000 };
const deadlinesFor = (reason: string) => (reason === "replyTimeout" ? DEADLINES : PATIENT);
const VERSION = say("VERSION 1.6.18\r\n");
const GOOD = "STAT pid 7\r\nSTAT uptime 1\r\nSTAT version 1.6.18\r\nEND\r\n";

const fakes: FakeServer[] = [];
const clients: NodeClient[] = [];

async function node(
  script: Script,
  more: Partial<NodeEndpoint> = {},
  deadlines = PATIENT,
): Promise<{ fake: FakeServer; client: NodeClient }> {
  const fake = await startFakeServer(script);
  const client = createNodeClient({ ...fake.endpoint, ...more }, deadlines);
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

async function reasonOf(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => "nothing was thrown",
    (error) => (error instanceof NodeError ? error.reason : String(error)),
  );
}

const cut = GOOD.slice(0, 30);
const FAULTS: readonly (readonly [what: string, reaction: Reaction, reason: string])[] = [
  ["never answers", silence, "replyTimeout"],
  ["drips one byte at a time", drip(GOOD, 20), "replyTimeout"],
  ["answers half and stays silent", say(cut), "replyTimeout"],
  ["answers half and closes", hangUp(cut), "connectionClosed"],
  ["answers half and resets", reset(cut), "connectionClosed"],
  ["closes without an answer", hangUp(), "connectionClosed"],
  ["resets without an answer", reset(), "connectionClosed"],
  ["sends garbage", say("\u0000\u0001\u0002garbage"), "malformedReply"],
  ["answers as another protocol", say("HTTP/1.1 400 Bad Request\r\n\r\n"), "malformedReply"],
  ["sends more than the reply", say(`${GOOD}STAT pid 9\r\n`), "malformedReply"],
  ["answers with lines without carriage returns", say(GOOD.replaceAll("\r", "")), "malformedReply"],
  ["replies as if to a key lookup", say("VALUE k 0 1\r\n1\r\nEND\r\n"), "malformedReply"],
  ["sends an endless line", flood(2 ** 31, Buffer.alloc(65_536, "9"), "STAT pid "), "replyTooLarge"],
  ["sends gigabytes of lines", flood(2 ** 31, Buffer.from("STAT pid 1\r\n".repeat(5_000))), "replyTooLarge"],
  ["refuses", say("SERVER_ERROR out of memory\r\n"), "unsupported"],
];

describe.each(FAULTS)("a node that %s", (what, reaction, reason) => {
  it(`is ${reason}, and the next poll works`, async () => {
    const { fake, client } = await node(
      { version: VERSION, stats: [reaction, say(GOOD)] },
      {},
      deadlinesFor(reason),
    );
    expect(await reasonOf(client.poll(emptyValues()))).toBe(reason);
    const values = emptyValues();
    await client.poll(values);
    expect(values[0]).toBe(7);
    expect(fake.open).toBe(1);
  });

  it(`is ${reason} on a connection that has worked before, and the next poll works`, async () => {
    const { fake, client } = await node(
      { version: VERSION, stats: [say(GOOD), reaction, say(GOOD)] },
      {},
      deadlinesFor(reason),
    );
    await client.poll(emptyValues());
    // A pooled connection that ends before the reply started was stale: the request is retried transparently.
    const unnoticed = what.endsWith("without an answer");
    expect(await reasonOf(client.poll(emptyValues()))).toBe(unnoticed ? "nothing was thrown" : reason);
    const values = emptyValues();
    await client.poll(values);
    expect(values[0]).toBe(7);
    expect(fake.open).toBe(1);
  });

  it(`is ${reason} when a group is requested`, async () => {
    const { client } = await node(
      { version: VERSION, "stats items": [reaction, say(GOOD)] },
      {},
      deadlinesFor(reason),
    );
    expect(await reasonOf(client.stats("items"))).toBe(reason);
    expect(await client.stats("items")).toHaveLength(3);
  });

  it(`does not affect the others`, async () => {
    const ill = await node({ version: VERSION, stats: reaction }, {}, deadlinesFor(reason));
    const well = await node({ version: VERSION, stats: say(GOOD) }, {}, PATIENT);
    await well.client.poll(emptyValues());
    const settled: string[] = [];
    await Promise.all([
      reasonOf(ill.client.poll(emptyValues())).then(() => settled.push("ill")),
      reasonOf(well.client.poll(emptyValues())).then((outcome) => settled.push(outcome)),
    ]);
    expect(settled).toContain("nothing was thrown");
    if (reason === "replyTimeout") expect(settled).toEqual(["nothing was thrown", "ill"]);
  });
});

describe("the greeting", () => {
  it.each([
    ["HTTP", say("HTTP/1.1 400 Bad Request\r\n\r\n"), "notMemcached"],
    ["Redis", say("-ERR unknown command 'version'\r\n"), "notMemcached"],
    ["silence", silence, "replyTimeout"],
    ["an endless line", flood(2 ** 31, Buffer.alloc(65_536, "V")), "replyTooLarge"],
    ["a closed connection", hangUp(), "connectionClosed"],
  ])("%s instead of a version", async (_what, reaction, reason) => {
    const { client } = await node({ version: reaction }, {}, deadlinesFor(reason));
    expect(await reasonOf(client.poll(emptyValues()))).toBe(reason);
  });

  it("that comes unasked is not memcached", async () => {
    const { client } = await node({ connect: say("SSH-2.0-OpenSSH_9.2\r\n"), version: silence }, {}, PATIENT);
    expect(await reasonOf(client.poll(emptyValues()))).toBe("notMemcached");
  });

  it("without a version, as some proxies answer, is accepted", async () => {
    const { client } = await node({ version: say("ERROR\r\n"), stats: say("STAT pid 7\r\nEND\r\n") });
    expect(await client.poll(emptyValues())).toMatchObject({ version: null });
  });
});

describe("sign-in", () => {
  const credentials = { kind: "ascii", username: "u", password: "canary" } as const;
  const unauthenticated = say("CLIENT_ERROR unauthenticated\r\n");

  it("sends the authfile password once, and only after the node requires it", async () => {
    const { fake, client } = await node(
      { version: [unauthenticated, VERSION], "set auth 0 0 8": say("STORED\r\n"), stats: say(GOOD) },
      { credentials },
    );
    await client.poll(emptyValues());
    await client.poll(emptyValues());
    expect(fake.commands).toEqual(["version", "set auth 0 0 8", "version", "stats", "stats"]);
  });

  it("that is never answered ends with the deadline", async () => {
    const { client } = await node(
      { version: unauthenticated, "set auth 0 0 8": silence },
      { credentials },
      DEADLINES,
    );
    expect(await reasonOf(client.poll(emptyValues()))).toBe("replyTimeout");
  });
});

describe("a binary node", () => {
  const sasl = { kind: "sasl", username: "u", password: "canary" } as const;
  const version: Reaction = (socket, request) => void socket.write(frame(request, { value: "1.6.18" }));
  const mechanisms: Reaction = (socket, request) => void socket.write(frame(request, { value: "PLAIN" }));
  const accepted: Reaction = (socket, request) =>
    void socket.write(frame(request, { value: "Authenticated" }));
  const unknown: Reaction = (socket, request) =>
    void socket.write(frame(request, { status: 0x81, value: "Unknown" }));
  const stats: Reaction = (socket, request) => {
    socket.write(frame(request, { key: "pid", value: "7" }));
    socket.write(frame(request, { key: "version", value: "1.6.18" }));
    socket.write(frame(request));
  };
  const script: Script = {
    "binary 11": version,
    "binary 32": mechanisms,
    "binary 33 PLAIN": accepted,
    "binary 16": stats,
    "binary 16 settings": stats,
  };
  const more = { protocol: "binary", credentials: sasl } as const;

  const faults: readonly (readonly [what: string, reaction: Reaction, reason: string])[] = [
    ["never answers", silence, "replyTimeout"],
    [
      "answers half and stays silent",
      (s, r) => void s.write(frame(r, { key: "pid", value: "7" })),
      "replyTimeout",
    ],
    [
      "answers half a frame and closes",
      (s, r) => void s.end(frame(r, { key: "pid", value: "7" }).subarray(0, 26)),
      "connectionClosed",
    ],
    [
      "announces four gigabytes",
      (s, r) => void s.write(frame(r, { announced: 0xffff_ffff })),
      "replyTooLarge",
    ],
    ["answers text", say("ERROR\r\n"), "malformedReply"],
    [
      "requires the password in the middle",
      (s, r) => void s.write(frame(r, { opcode: 0x20, value: "PLAIN" })),
      "malformedReply",
    ],
    [
      "sends more than the reply",
      (s, r) => void s.write(Buffer.concat([frame(r), frame(r)])),
      "malformedReply",
    ],
    ["forgets the sign-in", (s, r) => void s.write(frame(r, { status: 0x20 })), "saslRequired"],
    [
      "sends gigabytes",
      async (s, r) =>
        flood(2 ** 31, Buffer.concat(Array(2_000).fill(frame(r, { key: "pid", value: "7" }))))(s, r),
      "replyTooLarge",
    ],
  ];

  it.each(faults)("that %s is disconnected, and the next poll works", async (_what, reaction, reason) => {
    const { fake, client } = await node(
      { ...script, "binary 16": [reaction, stats] },
      more,
      deadlinesFor(reason),
    );
    expect(await reasonOf(client.poll(emptyValues()))).toBe(reason);
    const values = emptyValues();
    expect(await client.poll(values)).toMatchObject({ version: "1.6.18" });
    expect(values[0]).toBe(7);
    expect(fake.open).toBe(1);
  });

  it("signs in once per connection", async () => {
    const { fake, client } = await node(script, more);
    await client.poll(emptyValues());
    await client.poll(emptyValues());
    expect(fake.commands.filter((command) => command === "binary 33 PLAIN")).toHaveLength(1);
  });

  it("that refuses an unknown group keeps its connection", async () => {
    const refusal: Reaction = (s, r) => void s.write(frame(r, { status: 1, value: "Not found" }));
    const { fake, client } = await node({ ...script, "binary 16 items": refusal }, more);
    await client.poll(emptyValues());
    const before = fake.accepted;
    await expect(client.stats("items")).rejects.toThrow(CapabilityError);
    await client.poll(emptyValues());
    expect(fake.accepted).toBe(before);
  });

  it.each([
    ["does not know SASL", { "binary 32": unknown }, "saslMissing"],
    [
      "has no mechanism of ours",
      { "binary 32": ((s, r) => void s.write(frame(r, { value: "CRAM-MD5" }))) as Reaction },
      "saslMissing",
    ],
    ["is mute about mechanisms", { "binary 32": silence }, "replyTimeout"],
    ["lost SASL since it was found", { "binary 32": [mechanisms, unknown] }, "saslMissing"],
  ])("that %s never gets the password", async (_what, changed, reason) => {
    const { fake, client } = await node({ ...script, ...changed }, more, deadlinesFor(reason));
    expect(await reasonOf(client.poll(emptyValues()))).toBe(reason);
    expect(fake.commands).not.toContain("binary 33 PLAIN");
  });

  it.each([
    [
      "refuses",
      (s: Parameters<Reaction>[0], r: Buffer) => void s.write(frame(r, { status: 0x20 })),
      "saslRefused",
    ],
    [
      "wants another step",
      (s: Parameters<Reaction>[0], r: Buffer) => void s.write(frame(r, { status: 0x21 })),
      "saslRefused",
    ],
    ["never answers", silence, "replyTimeout"],
    ["closes", hangUp(), "connectionClosed"],
  ])("that %s at the sign-in leaves no connection", async (_what, reaction, reason) => {
    const { fake, client } = await node(
      { ...script, "binary 33 PLAIN": reaction },
      more,
      deadlinesFor(reason),
    );
    for (let i = 0; i < 3; i++) expect(await reasonOf(client.poll(emptyValues()))).toBe(reason);
    await fake.drained();
    expect(fake.open).toBe(0);
  });
});

describe("requests at the same time", () => {
  it("a group that hangs does not fail a poll that is queued behind it", async () => {
    const deadlines = { connectTimeoutMs: 500, timeoutMs: 1_000 };
    const { client } = await node(
      { version: VERSION, stats: say(GOOD), "stats slabs": silence },
      {},
      deadlines,
    );
    await client.poll(emptyValues());
    const order: string[] = [];
    await Promise.all([
      reasonOf(client.stats("slabs")).then((outcome) => order.push(`slabs ${outcome}`)),
      reasonOf(client.poll(emptyValues())).then((outcome) => order.push(`poll ${outcome}`)),
    ]);
    expect(order).toEqual(["slabs replyTimeout", "poll nothing was thrown"]);
  });

  it("that all hang all end within one request's time", async () => {
    const { client } = await node(
      { version: VERSION, stats: silence, "stats slabs": silence },
      {},
      DEADLINES,
    );
    const outcomes = await Promise.all([
      reasonOf(client.poll(emptyValues())),
      reasonOf(client.stats("slabs")),
      reasonOf(client.poll(emptyValues())),
      reasonOf(client.stats("slabs")),
    ]);
    expect(outcomes).toEqual(Array(4).fill("replyTimeout"));
  });

  it("are answered in their order, one at a time on one connection", async () => {
    const { fake, client } = await node({
      version: VERSION,
      stats: pieces(GOOD, [5, 12, 30]),
      "stats items": say("STAT items:1:number 3\r\nEND\r\n"),
    });
    const order: string[] = [];
    await Promise.all([
      client.poll(emptyValues()).then(() => order.push("first")),
      client.stats("items").then(() => order.push("second")),
      client.poll(emptyValues()).then(() => order.push("third")),
    ]);
    expect(order).toEqual(["first", "second", "third"]);
    expect(fake.commands).toEqual(["version", "stats", "stats items", "stats"]);
    expect(fake.accepted).toBe(1);
  });
});

describe("a connection that the node closes while idle", () => {
  it("is replaced transparently", async () => {
    const answerAndClose: Reaction = (socket) => void socket.end(GOOD);
    const { fake, client } = await node({ version: VERSION, stats: answerAndClose });
    for (let i = 0; i < 5; i++) {
      await client.poll(emptyValues());
      await fake.drained();
    }
    expect(fake.accepted).toBe(5);
  });
});

describe("groups that could harm a node", () => {
  it("are not sent to versions that they crash or lock", async () => {
    const old = "STAT pid 7\r\nSTAT version 1.4.17\r\nEND\r\n";
    const { fake, client } = await node({ version: say("VERSION 1.4.17\r\n"), stats: say(old) });
    for (const group of ["sizes", "extstore", "proxy", "conns"] as const) {
      await expect(client.stats(group)).rejects.toThrow(CapabilityError);
    }
    expect(new Set(fake.commands)).toEqual(new Set(["version", "stats"]));
  });

  it("are decided by the current server process, not by the previous one", async () => {
    const now = "STAT pid 8\r\nSTAT version 1.6.9\r\nEND\r\n";
    const before = "STAT pid 7\r\nSTAT version 1.6.9\r\nSTAT extstore_page_allocs 0\r\nEND\r\n";
    const { fake, client } = await node({
      version: VERSION,
      stats: [say(before), say(before), say(now)],
      "stats extstore": say("STAT 0:version 0\r\nEND\r\n"),
    });
    await client.poll(emptyValues());
    expect(await client.stats("extstore")).toEqual([["0:version", "0"]]);
    await expect(client.stats("extstore")).rejects.toThrow(CapabilityError);
    expect(fake.commands.filter((command) => command === "stats extstore")).toHaveLength(1);
  });

  it("and settings of an earlier process do not determine the capabilities of the next", async () => {
    const next = "STAT pid 8\r\nSTAT version 1.6.18\r\nEND\r\n";
    const { client } = await node({
      version: VERSION,
      stats: [say(GOOD), say(next)],
      "stats settings": say("STAT flush_enabled no\r\nEND\r\n"),
    });
    await client.poll(emptyValues());
    await client.stats("settings");
    expect(client.capabilities().lacking.flush_all).toBe("disabledBySetting");
    await client.poll(emptyValues());
    expect(client.capabilities().lacking.flush_all).toBe("notAskedYet");
  });
});

it("a stall of this process is not mistaken for one of the node", async () => {
  const { client } = await node({ version: VERSION, stats: say(GOOD) }, {}, DEADLINES);
  const standStill = () => {
    for (const until = performance.now() + 1_000; performance.now() < until; );
  };
  const first = client.poll(emptyValues());
  standStill();
  await first;
  const second = client.poll(emptyValues());
  setImmediate(standStill);
  await second;
});

it("memory stays bounded while a node sends gigabytes", async () => {
  const { client } = await node({
    version: VERSION,
    stats: flood(2 ** 31, Buffer.alloc(65_536, "STAT pid 1\r\n")),
  });
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 20; i++)
    expect(await reasonOf(client.poll(emptyValues()))).not.toBe("nothing was thrown");
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
});

it("a black-holed address ends with the connect deadline, as down", async () => {
  // RFC 5737: no host has 192.0.2.1. Without a route at all, that is the error instead.
  const address = { kind: "tcp", host: "192.0.2.1", port: 11_211 } as const;
  const endpoint: NodeEndpoint = {
    id: "192.0.2.1:11211",
    address,
    protocol: "auto",
    credentials: null,
    tls: null,
  };
  const client = createNodeClient(endpoint, { connectTimeoutMs: 100, timeoutMs: 10_000 });
  expect(await reasonOf(client.poll(emptyValues()))).toMatch(
    /^(connectTimeout|unreachable|connectionRefused)$/,
  );
  client.close();
});
