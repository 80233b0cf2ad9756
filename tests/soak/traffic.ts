/** Traffic of a known rate and a known hit ratio on a real server, and what that server counted of it. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import { independentStats } from "../servers/independent-stats";

const TICK_MS = 100;
const KEYS = 1_000;

export class Traffic {
  private readonly timer: NodeJS.Timeout;
  private round = 0;

  private constructor(
    private readonly socket: Socket,
    /** Gets of each tick that find their item, and all gets of a tick. */
    private readonly hits: number,
    private readonly gets: number,
  ) {
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  /** Stores its keys, then sends `gets` requests ten times a second, `hits` of them for keys that exist. */
  static async start(endpoint: NodeEndpoint, hits: number, gets: number): Promise<Traffic> {
    if (endpoint.address.kind !== "tcp") throw new Error("traffic goes over TCP");
    const socket = connect(endpoint.address.port, endpoint.address.host);
    socket.on("error", () => undefined);
    await once(socket, "connect");
    socket.resume();
    const sets = Array.from({ length: KEYS }, (_, n) => `set key${n} 0 0 10 noreply\r\n0123456789\r\n`);
    socket.write(sets.join(""));
    return new Traffic(socket, hits, gets);
  }

  get hitRatio(): number {
    return this.hits / this.gets;
  }

  close(): void {
    clearInterval(this.timer);
    this.socket.destroy();
  }

  private tick(): void {
    const found = Array.from(
      { length: this.hits },
      (_, n) => `get key${(this.round * this.hits + n) % KEYS}\r\n`,
    );
    const missed = Array.from({ length: this.gets - this.hits }, (_, n) => `get none${n}\r\n`);
    this.round++;
    this.socket.write([...found, ...missed].join(""));
  }
}

export interface Counters {
  readonly atMs: number;
  readonly hits: number;
  readonly misses: number;
  readonly currItems: number;
  readonly bytes: number;
}

/** What the server itself counts now, read over a bare socket. */
export async function countersOf(endpoint: NodeEndpoint): Promise<Counters> {
  const stats = await independentStats(endpoint, "text");
  const of = (name: string) => Number(stats.get(name));
  return {
    atMs: Date.now(),
    hits: of("get_hits"),
    misses: of("get_misses"),
    currItems: of("curr_items"),
    bytes: of("bytes"),
  };
}
