/**
 * A fleet that is partly dead: real memcached processes behind many loopback addresses, addresses where nothing
 * listens, and addresses that answer no SYN.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { connect, type Socket } from "node:net";
import { answering, startOn } from "../memcached-addresses";

/** What a node of the fleet does during the run. */
export type Part = "steady" | "flapping" | "restarting" | "refused" | "silent";

export interface Shape {
  readonly nodes: number;
  /** Share of nodes that are dead, 0..1: one half refuses, the other half is silent. */
  readonly dead: number;
  /** Share of flapping nodes, 0..1. */
  readonly flapping: number;
  readonly ports?: Ports;
  readonly guardian?: Guardian;
}

/** Kills processes left over when the benchmark exits. */
export interface Guardian {
  add(pid: number): void;
  remove(pid: number): void;
}

export interface Ports {
  readonly answering: number;
  /** Where no SYN is answered, on any address. */
  readonly silent: number;
}

/** The second byte of the first address of each part; a part has up to four times 65,536. */
const BLOCKS: Readonly<Record<Part, number>> = {
  steady: 24,
  flapping: 28,
  restarting: 32,
  refused: 36,
  silent: 40,
};

const PORTS: Ports = { answering: 22_133, silent: 22_134 };
const PER_PROCESS = 250;
/** The kernel queues one connection more than the backlog; a few to spare. */
const FILLERS = 4;

export class FleetServers {
  /** Addresses, `host:port`, by what they do. */
  readonly addresses: Readonly<Record<Part, readonly string[]>>;
  private readonly hosts: Readonly<Record<Part, readonly string[]>>;
  private readonly children = new Set<ChildProcess>();
  private readonly fillers: Socket[] = [];
  private readonly groups = new Map<Part, ChildProcess>();

  private readonly ports: Ports;
  private readonly guardian: Guardian | null;

  constructor({ nodes, dead, flapping, ports = PORTS, guardian }: Shape) {
    this.ports = ports;
    this.guardian = guardian ?? null;
    const deadNodes = Math.round(nodes * dead);
    const flappingNodes = Math.round(nodes * flapping);
    const refused = Math.ceil(deadNodes / 2);
    const counts = {
      steady: nodes - deadNodes - flappingNodes - 1,
      flapping: flappingNodes,
      restarting: 1,
      refused,
      silent: deadNodes - refused,
    };
    this.hosts = {
      steady: hostsOf(BLOCKS.steady, counts.steady),
      flapping: hostsOf(BLOCKS.flapping, counts.flapping),
      restarting: hostsOf(BLOCKS.restarting, counts.restarting),
      refused: hostsOf(BLOCKS.refused, counts.refused),
      silent: hostsOf(BLOCKS.silent, counts.silent),
    };
    const at = (part: Part, port: number) => this.hosts[part].map((host) => `${host}:${port}`);
    this.addresses = {
      steady: at("steady", this.ports.answering),
      flapping: at("flapping", this.ports.answering),
      restarting: at("restarting", this.ports.answering),
      refused: at("refused", this.ports.answering),
      silent: at("silent", this.ports.silent),
    };
  }

  get processes(): number {
    return this.children.size;
  }

  async start(): Promise<void> {
    const { steady } = this.hosts;
    for (let from = 0; from < steady.length; from += PER_PROCESS) {
      const own = steady.slice(from, from + PER_PROCESS);
      this.keep(startOn(own, this.ports.answering));
      await answering(own.at(-1) as string, this.ports.answering);
    }
    await this.resume("flapping");
    await this.resume("restarting");
    await this.silence();
  }

  /** Kills the process behind a part: its addresses refuse from now on. */
  async interrupt(part: "flapping" | "restarting"): Promise<void> {
    const child = this.groups.get(part);
    if (child) await this.end(child);
  }

  /** Starts a new process behind a part. */
  async resume(part: "flapping" | "restarting"): Promise<void> {
    const hosts = this.hosts[part];
    const last = hosts.at(-1);
    if (last === undefined) return;
    this.groups.set(part, this.keep(startOn(hosts, this.ports.answering)));
    await answering(last, this.ports.answering);
  }

  async stop(): Promise<void> {
    for (const socket of this.fillers) socket.destroy();
    await Promise.all([...this.children].map((child) => this.end(child)));
  }

  /**
   * A memcached that is stopped and whose queue of connections is full: the kernel drops every further SYN to this
   * port, on every address.
   */
  private async silence(): Promise<void> {
    const [host] = this.hosts.silent;
    if (host === undefined) return;
    const args = ["-p", String(this.ports.silent), "-U", "0", "-l", "0.0.0.0", "-b", "1", "-t", "1"];
    if (process.getuid?.() === 0) args.push("-u", "root");
    const child = this.keep(spawn("memcached", args, { stdio: "ignore" }));
    await answering(host, this.ports.silent);
    child.kill("SIGSTOP");
    for (let n = 0; n < FILLERS; n++) {
      const socket = connect(this.ports.silent, host);
      socket.on("error", () => undefined);
      this.fillers.push(socket);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (await isAccepted(host, this.ports.silent))
      throw new Error("connections to a silent address are answered");
  }

  private keep(child: ChildProcess): ChildProcess {
    const { pid } = child;
    if (pid === undefined) throw new Error("memcached cannot be started");
    this.children.add(child);
    this.guardian?.add(pid);
    child.once("exit", () => {
      this.children.delete(child);
      this.guardian?.remove(pid);
    });
    return child;
  }

  private end(child: ChildProcess): Promise<unknown> {
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    return exited;
  }
}

/** Which part a node belongs to, by its address. */
export function partOf(id: string): Part {
  const second = Number(id.split(".")[1]);
  const found = (Object.keys(BLOCKS) as Part[]).find(
    (part) => second >= BLOCKS[part] && second < BLOCKS[part] + 4,
  );
  if (found === undefined) throw new Error(`not a node of the benchmark: ${id}`);
  return found;
}

/** Addresses of 127.0.0.0/8, from 127.`block`.0.1. */
function hostsOf(block: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const n = index + 1;
    return `127.${block + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;
  });
}

function isAccepted(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    const settle = (accepted: boolean) => {
      clearTimeout(patience);
      socket.destroy();
      resolve(accepted);
    };
    const patience = setTimeout(() => settle(false), 500);
    socket.on("connect", () => settle(true));
    socket.on("error", () => settle(false));
  });
}
