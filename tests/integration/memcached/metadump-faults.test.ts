/** What a node must not be able to do to a dump, acted out by a scripted one. */
import { afterEach, describe, expect, it } from "vitest";
import type { Metadump } from "@/lib/memcached/contract";
import { checkCrawlerFree, crawlerLocksFree } from "@/lib/memcached/metadump/crawler-lock";
import { type Patience, startMetadump } from "@/lib/memcached/metadump/metadump";
import { CapabilityError, ConflictError, NodeError } from "@/lib/model/errors";
import { flood, hangUp, pieces, reset, say, silence } from "@/tests/doubles/fake-reactions";
import { type FakeServer, type Reaction, type Script, startFakeServer } from "@/tests/doubles/fake-server";

const DEADLINES = { connectTimeoutMs: 5_000, timeoutMs: 10_000 };
/** For faults that are detected from a reply, on a machine that may be busy. */
const PATIENT: Patience = { stallMs: 60_000, busyMs: 300 };
/** For stalls, which have to be waited for. */
const HASTY: Patience = { stallMs: 120, busyMs: 300 };
const HASH = "lru_crawler metadump hash";
const ALL = "lru_crawler metadump all";
const line = (key: string) => `key=${key} exp=-1 la=1795322301 cas=13 fetch=no cls=1 size=72\n`;

const general = (more: string) => say(`STAT pid 7\r\nSTAT version 1.6.18\r\n${more}END\r\n`);
const SCRIPT: Script = {
  version: say("VERSION 1.6.18\r\n"),
  stats: general("STAT curr_items 5\r\nSTAT lru_crawler_running 1\r\n"),
  "stats settings": say("STAT dump_enabled yes\r\nSTAT lru_crawler yes\r\nEND\r\n"),
};

const fakes: FakeServer[] = [];

afterEach(async () => {
  await crawlerLocksFree();
  for (const fake of fakes.splice(0)) {
    await fake.drained();
    await fake.close();
  }
});

interface StartedDump {
  readonly fake: FakeServer;
  readonly dump: Promise<Metadump>;
  readonly keys: string[];
}

async function startDump(script: Script, patience = PATIENT, prefix = ""): Promise<StartedDump> {
  const fake = await startFakeServer({ ...SCRIPT, ...script });
  fakes.push(fake);
  const keys: string[] = [];
  const onItem = (item: { key(): Buffer }) => keys.push(item.key().toString()) > 0;
  const request = { prefix: Buffer.from(prefix), onItem };
  const dump = startMetadump(fake.endpoint, DEADLINES, request, patience);
  dump.catch(() => undefined);
  return { fake, dump, keys };
}

async function outcomeOf({ dump }: StartedDump): Promise<string> {
  return dump
    .then(({ ended }) => ended)
    .then(
      () => "ended",
      (error) => (error instanceof NodeError ? error.reason : String(error)),
    );
}

describe("a node that refuses", () => {
  it.each([
    ["ERROR locked try again later\r\n", "all"],
    ["OK\r\nERROR locked try again later\r\n", "all"],
    ["BADCLASS invalid class id\r\n", "all"],
    ["ERROR\r\n", "all"],
  ])(
    "a %j reply to the walk by hash leads to the walk by class on another connection",
    async (reply, walk) => {
      const started = await startDump({ [HASH]: say(reply), [ALL]: say(`${line("a")}END\r\n`) });
      expect(await outcomeOf(started)).toBe("ended");
      expect((await started.dump).walk).toBe(walk);
      expect(started.keys).toEqual(["a"]);
      expect(started.fake.accepted).toBe(2);
    },
  );

  it("both: quotes the reply and releases the lock", async () => {
    const started = await startDump({
      [HASH]: say("ERROR metadump not allowed\r\n"),
      [ALL]: say("ERROR metadump not allowed\r\n"),
    });
    await expect(started.dump).rejects.toThrow(CapabilityError);
    await expect(started.dump).rejects.toThrow("ERROR metadump not allowed");
    checkCrawlerFree(started.fake.endpoint.id);
  });

  it("because its own crawler is running: retries for a while", async () => {
    const busy = say("BUSY currently processing crawler request\r\n");
    const started = await startDump(
      { [HASH]: [busy, busy, say(`${line("a")}END\r\n`)] },
      { ...PATIENT, busyMs: 30_000 },
    );
    expect(await outcomeOf(started)).toBe("ended");
    expect(started.keys).toEqual(["a"]);
    expect(started.fake.commands.filter((command) => command === HASH)).toHaveLength(3);
    expect(started.fake.accepted).toBe(1);
  });

  it("and stays busy: reports a conflict and releases the lock", async () => {
    const started = await startDump({ [HASH]: say("BUSY currently processing crawler request\r\n") });
    await expect(started.dump).rejects.toThrow(ConflictError);
    checkCrawlerFree(started.fake.endpoint.id);
  });

  it.each([
    ["is older than metadump", "1.4.25", ""],
    ["runs with -X", "1.6.18", "STAT dump_enabled no\r\n"],
    ["has its crawler off", "1.6.18", "STAT lru_crawler no\r\n"],
  ])("because it %s is never sent a crawler command", async (_what, version, settings) => {
    const started = await startDump({
      version: say(`VERSION ${version}\r\n`),
      stats: say(`STAT pid 7\r\nSTAT version ${version}\r\nEND\r\n`),
      "stats settings": say(`STAT dump_enabled yes\r\n${settings}END\r\n`),
    });
    await expect(started.dump).rejects.toThrow(CapabilityError);
    expect(started.fake.commands).toEqual(["version", "stats", "stats settings"]);
  });

  it("hash because it is older than 1.6.9: requests only the walk by class", async () => {
    const started = await startDump({
      version: say("VERSION 1.5.5\r\n"),
      stats: say("STAT pid 7\r\nSTAT version 1.5.5\r\nEND\r\n"),
      [ALL]: say(`${line("a")}END\r\n`),
    });
    expect(await outcomeOf(started)).toBe("ended");
    expect(started.fake.commands).not.toContain(HASH);
  });
});

describe("a node that", () => {
  const FAULTS: readonly (readonly [what: string, reaction: Reaction, outcome: string])[] = [
    ["sends garbage", say("\u0000\u0001\u0002garbage\r\n"), "malformedReply"],
    ["answers as another protocol", say("HTTP/1.1 400 Bad Request\r\n\r\n"), "malformedReply"],
    ["sends a line that never ends", flood(2 ** 31, Buffer.alloc(65_536, "k"), "key="), "replyTooLarge"],
    [
      "sends a line that never ends after many that do",
      flood(2 ** 31, Buffer.alloc(65_536, "k"), line("a").repeat(1_000)),
      "replyTooLarge",
    ],
    ["closes in the middle", hangUp(`${line("a")}key=b exp`), "connectionClosed"],
    ["resets in the middle", reset(line("a")), "connectionClosed"],
    ["closes without an answer", hangUp(), "connectionClosed"],
    ["sends more than the dump", say(`${line("a")}END\r\n${line("b")}`), "ended"],
    ["gives up in the middle", say(`${line("a")}ERROR out of memory\r\n`), "unsupported"],
    ["cuts its lines anywhere", pieces(`${line("a")}${line("b")}END\r\n`, [1, 5, 30, 70, 71, 140]), "ended"],
  ];

  it.each(FAULTS)(
    "%s: the caller gets an error, and the next dump works",
    async (_what, reaction, outcome) => {
      const started = await startDump({ [HASH]: [reaction, say(`${line("z")}END\r\n`)] });
      expect(await outcomeOf(started)).toBe(outcome);
      await crawlerLocksFree();
      const { endpoint } = started.fake;
      const next = await startMetadump(
        endpoint,
        DEADLINES,
        { prefix: Buffer.alloc(0), onItem: () => true },
        PATIENT,
      );
      await next.ended;
      expect(next.itemCount).toBe(1);
    },
  );

  it("sends two gigabytes of items: uses little memory and does not delay other work", async () => {
    const bytes = 2 ** 31;
    const item = line("%FF".repeat(250));
    const piece = Buffer.from(item.repeat(80));
    const expectedItems = Math.ceil(bytes / piece.length) * 80;
    const endless: Reaction = async (socket, request) => {
      await flood(bytes, piece)(socket, request);
      socket.write("END\r\n");
    };
    const rss = process.memoryUsage().rss;
    let most = 0;
    const sampler = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss - rss);
    }, 20);
    try {
      const started = await startDump({ [HASH]: endless }, PATIENT, "nothing");
      expect(await outcomeOf(started)).toBe("ended");
      expect((await started.dump).itemCount).toBe(expectedItems);
    } finally {
      clearInterval(sampler);
    }
    expect(most).toBeLessThan(64 * 1024 * 1024);
  }, 120_000);

  it("sends more items than it can have: is disconnected", async () => {
    const started = await startDump(
      { [HASH]: flood(2 ** 31, Buffer.from(line("a").repeat(1_000))) },
      PATIENT,
      "b",
    );
    expect(await outcomeOf(started)).toBe("replyTooLarge");
    expect((await started.dump).itemCount).toBeGreaterThan(10_000_000);
  }, 120_000);
});

describe("a node that stops during the dump", () => {
  const stalls = say(line("a"));

  async function busyWith({ fake }: StartedDump): Promise<string> {
    return new Promise((resolve) => {
      try {
        checkCrawlerFree(fake.endpoint.id);
        resolve("free");
      } catch (error) {
        resolve(String(error));
      }
    });
  }

  it("while its crawler is running: keeps the connection and the lock, and the caller gets an error", async () => {
    let goOn = () => {};
    const later = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const started = await startDump(
      {
        [HASH]: async (socket) => {
          socket.write(line("a"));
          await later;
          socket.write(`${line("b")}END\r\n`);
        },
      },
      HASTY,
    );
    expect(await outcomeOf(started)).toBe("replyTimeout");
    await expect.poll(() => started.fake.commands.filter((one) => one === "stats").length).toBeGreaterThan(3);
    expect(await busyWith(started)).toMatch(/a metadump \(no data for/);
    const dump = await started.dump;
    // What comes later is read to its end, but handed over no more.
    goOn();
    await crawlerLocksFree();
    expect(dump.itemCount).toBe(2);
    expect(started.keys).toEqual(["a"]);
    expect(await busyWith(started)).toBe("free");
  });

  it("and whose crawler is not running: closes the connection", async () => {
    const rests = general("STAT curr_items 5\r\nSTAT lru_crawler_running 0\r\n");
    const started = await startDump({ [HASH]: stalls, stats: rests }, HASTY);
    expect(await outcomeOf(started)).toBe("replyTimeout");
    await crawlerLocksFree();
    expect(await busyWith(started)).toBe("free");
    await started.fake.drained();
  });

  it("and does not respond: keeps the connection until the node closes it", async () => {
    const sockets: { destroy(): void }[] = [];
    const mute = (socket: { destroy(): void }) => void sockets.push(socket);
    const started = await startDump(
      {
        [HASH]: (socket) => {
          sockets.push(socket);
          socket.write(line("a"));
        },
        version: [say("VERSION 1.6.18\r\n"), mute],
      },
      HASTY,
    );
    expect(await outcomeOf(started)).toBe("replyTimeout");
    await expect.poll(() => started.fake.commands.filter((one) => one === "version").length).toBe(2);
    expect(await busyWith(started)).toMatch(/no data for/);
    expect(sockets).toHaveLength(2);
    for (const socket of sockets) socket.destroy();
    await crawlerLocksFree();
  });

  it("before the dump has started: the caller gets an error, and the connection stays until it ends", async () => {
    const started = await startDump({ [HASH]: silence }, HASTY);
    expect(await outcomeOf(started)).toBe("replyTimeout");
    expect(await busyWith(started)).toMatch(/no data for/);
    expect(started.fake.open).toBeGreaterThanOrEqual(1);
    // A node that ends takes its connections along.
    await closeAll(started.fake);
    await crawlerLocksFree();
  });
});

async function closeAll(fake: FakeServer): Promise<void> {
  fakes.splice(fakes.indexOf(fake), 1);
  await fake.close();
}
