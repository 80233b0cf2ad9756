/**
 * Servers that a fleet meets in the field and that are no healthy memcached: they drip, cut, reset, flood, lie about their
 * counters, restart in a loop, or are proxies and other programs. They answer for as long as the test runs; no code of
 * the product is behind them.
 */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** A reply to one command line; `null` leaves it unanswered. */
type Reply = string | null;

interface Behaviour {
  /** What is sent for this command. May act on the socket itself, and return null then. */
  reply(command: string, socket: Socket): Reply;
}

/** What the dashboard has to say about a server. */
export type Expectation =
  /** Up, with stats. */
  | "up"
  /** Not up: any other status, with a reason. */
  | "notUp"
  /** Up now and then. */
  | "any";

export interface BrokenServer {
  readonly name: string;
  readonly id: string;
  readonly expect: Expectation;
  /** Most that its counters can honestly give per second; null: it must give no rate at all. */
  readonly getsPerSecond: number | null;
  /** Kinds of the only markers that its charts may show, beside `added`; those of `up` servers must be there. */
  readonly markers: readonly string[];
  close(): Promise<void>;
}

const startedMs = Date.now();
const seconds = () => (Date.now() - startedMs) / 1_000;
const GETS_PER_SECOND = 100;

type Stats = Record<string, string | number>;

/** What a healthy 1.6.18 would report that started with the test and serves 100 gets per second, 80 of them hits. */
function honest(): Stats {
  const elapsed = Math.floor(seconds());
  const gets = Math.floor(seconds() * GETS_PER_SECOND);
  return {
    pid: 4_711,
    uptime: elapsed + 5_000,
    time: Math.floor(startedMs / 1_000) + elapsed,
    version: "1.6.18",
    pointer_size: 64,
    max_connections: 1_024,
    curr_connections: 10,
    total_connections: 100 + elapsed,
    rejected_connections: 0,
    cmd_get: gets,
    cmd_set: 1_000,
    cmd_flush: 0,
    get_hits: Math.floor(gets * 0.8),
    get_misses: gets - Math.floor(gets * 0.8),
    bytes: 10_000,
    curr_items: 100,
    total_items: 1_000,
    evictions: 0,
    limit_maxbytes: 67_108_864,
    threads: 4,
    listen_disabled_num: 0,
    hash_is_expanding: 0,
  };
}

function statsReply(stats: Stats): string {
  return `${Object.entries(stats)
    .map(([name, value]) => `STAT ${name} ${value}\r\n`)
    .join("")}END\r\n`;
}

/** A text server with these stats and no groups. */
function reporting(change: () => Stats, version = "1.6.18"): Behaviour {
  return {
    reply(command) {
      if (command === "stats") return statsReply(change());
      if (command === "version") return `VERSION ${version}\r\n`;
      if (/^stats (settings|items|slabs|conns|sizes)$/.test(command)) return "END\r\n";
      if (command === "mn") return "MN\r\n";
      return "ERROR\r\n";
    },
  };
}

function without(stats: Stats, ...names: readonly string[]): Stats {
  return Object.fromEntries(Object.entries(stats).filter(([name]) => !names.includes(name)));
}

/** Misbehaves on `stats` only. */
function badStats(misbehave: (socket: Socket) => void): Behaviour {
  const usual = reporting(honest);
  return {
    reply(command, socket) {
      if (command !== "stats") return usual.reply(command, socket);
      misbehave(socket);
      return null;
    },
  };
}

function drip(socket: Socket): void {
  const bytes = Buffer.from(statsReply(honest()));
  let sent = 0;
  const timer = setInterval(() => socket.write(bytes.subarray(sent, ++sent)), 50);
  socket.once("close", () => clearInterval(timer));
}

function flood(socket: Socket): void {
  const piece = `STAT x${"y".repeat(200)} 1\r\n`.repeat(300);
  const more = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on("drain", more);
  more();
}

/** Restarts every twelve seconds, always as process 1: counters begin again, the uptime hardly rises between two polls. */
function crashLoop(): Stats {
  const life = seconds() % 12;
  const gets = Math.floor(life * GETS_PER_SECOND);
  return {
    ...honest(),
    pid: 1,
    uptime: Math.floor(life),
    cmd_get: gets,
    get_hits: Math.floor(gets * 0.8),
    get_misses: gets - Math.floor(gets * 0.8),
    total_items: 0,
    cmd_set: 0,
    total_connections: 5,
  };
}

const TWO_32 = 4_294_967_296;

/** Rises like the honest one; what a 32-bit build counts with wraps after a minute. */
function wrapping(): Stats {
  const stats = honest();
  const near = TWO_32 - 60 * 100;
  return {
    ...stats,
    total_connections: (near + Math.floor(seconds() * 100)) % TWO_32,
    total_items: (near + Math.floor(seconds() * 100)) % TWO_32,
  };
}

interface Kind {
  readonly name: string;
  readonly behaviour: Behaviour;
  readonly expect: Expectation;
  readonly getsPerSecond: number | null;
  readonly markers: readonly string[];
}

interface UpOptions {
  readonly version?: string;
  readonly markers?: readonly string[];
}

const up = (name: string, change: () => Stats, { version, markers = [] }: UpOptions = {}): Kind => ({
  name,
  behaviour: reporting(change, version),
  expect: "up",
  getsPerSecond: GETS_PER_SECOND,
  markers,
});
const broken = (name: string, behaviour: Behaviour): Kind => ({
  name,
  behaviour,
  expect: "notUp",
  getsPerSecond: null,
  markers: ["down", "up"],
});

const frozenTime = Math.floor(startedMs / 1_000);
const closeOn = (pattern: RegExp, otherwise: Behaviour): Behaviour => ({
  reply(command, socket) {
    if (!pattern.test(command)) return otherwise.reply(command, socket);
    socket.end();
    return null;
  },
});

const KINDS: readonly Kind[] = [
  broken("drips one byte at a time", badStats(drip)),
  broken(
    "cuts its reply",
    badStats((socket) => socket.end("STAT pid 1\r\nSTAT upti")),
  ),
  broken(
    "resets within its reply",
    badStats((socket) => {
      socket.write("STAT pid 1\r\n", () => socket.resetAndDestroy());
    }),
  ),
  broken(
    "answers garbage",
    badStats((socket) => socket.write(Buffer.from(Array.from({ length: 512 }, (_, n) => (n * 37) % 256)))),
  ),
  broken("floods", badStats(flood)),
  broken(
    "sends a line without end",
    badStats((socket) => socket.write("S".repeat(65_536))),
  ),
  broken("never answers", { reply: () => null }),
  broken("closes at once", closeOn(/./, { reply: () => null })),
  broken("speaks another protocol", { reply: (command) => `-ERR unknown command '${command}'\r\n` }),
  up("levels wrapped below zero", () => ({
    ...honest(),
    curr_connections: "18446744073709551615",
    bytes: "18446744073709551000",
    curr_items: "-1",
    max_connections: -1,
  })),
  up("32-bit counters wrap", wrapping, { version: "1.4.5" }),
  up("impossible uptime", () => ({ ...honest(), uptime: "99999999999" })),
  up("its clock stands still", () => ({ ...honest(), time: frozenTime, uptime: 5_000 })),
  up("its clock ticks every seven seconds", () => {
    const late = Math.floor(seconds() / 7) * 7;
    return { ...honest(), time: frozenTime + late, uptime: 5_000 + late };
  }),
  up(
    "its clock steps back and forth",
    () => {
      const step = Math.floor(seconds() / 30) % 2 === 0 ? 0 : 7_200;
      const stats = honest();
      return { ...stats, time: Number(stats.time) + step };
    },
    { markers: ["clock"] },
  ),
  up("neither pid nor uptime nor time", () => without(honest(), "pid", "uptime", "time")),
  up("crash loop as process 1", crashLoop, { markers: ["restart"] }),
  up("version unknown", () => ({ ...honest(), version: "UNKNOWN" }), { version: "UNKNOWN" }),
  up("another program's version", () => ({ ...honest(), version: "df-v1.14.0" }), {
    version: "df-v1.14.0",
  }),
  {
    name: "a proxy that closes on stats",
    behaviour: closeOn(/^stats/, reporting(honest, "0.5.0")),
    expect: "any",
    getsPerSecond: null,
    markers: ["down", "up"],
  },
  up("hostile names", () => ({
    ...honest(),
    __proto__x: 1,
    constructor: 5,
    'evil"}': 1,
    "<img/src=x>": 7,
    "\u202estat": 3,
  })),
];

/** Starts one of each kind on loopback. */
export async function startBrokenServers(): Promise<readonly BrokenServer[]> {
  return Promise.all(KINDS.map(start));
}

async function start(kind: Kind): Promise<BrokenServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    serve(socket, kind.behaviour);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    name: kind.name,
    id: `127.0.0.1:${port}`,
    expect: kind.expect,
    getsPerSecond: kind.getsPerSecond,
    markers: kind.markers,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Splits what arrives into lines. The binary `version` request that clients begin with holds no line of text. */
function serve(socket: Socket, behaviour: Behaviour): void {
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk.toString("latin1");
    for (let end = received.indexOf("\n"); end >= 0; end = received.indexOf("\n")) {
      const line = received.slice(0, end).replace(/\r$/, "");
      received = received.slice(end + 1);
      if (line === "") continue;
      const reply = behaviour.reply(line.startsWith("\x80") ? "binary" : line, socket);
      if (reply !== null && !socket.destroyed) socket.write(reply);
    }
    if (received.length > 1_000_000) socket.destroy();
  });
}
