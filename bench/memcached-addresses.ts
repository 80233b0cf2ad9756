/** Many real node addresses from a few memcached processes: each listens on many addresses of 127.0.0.0/8. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { connect } from "node:net";

const PER_PROCESS = 250;
const PORT = 22_122;

export interface Addresses {
  readonly hosts: readonly string[];
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts enough processes for `count` addresses and waits until the last one answers. */
export async function startAddresses(count: number): Promise<Addresses> {
  const hosts = Array.from({ length: count }, (_, n) => `127.${20 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`);
  const children: ChildProcess[] = [];
  for (let from = 0; from < hosts.length; from += PER_PROCESS) {
    const own = hosts.slice(from, from + PER_PROCESS);
    children.push(startOn(own, PORT));
  }
  const stop = async () => {
    await Promise.all(
      children.map((child) => {
        if (child.exitCode !== null) return null;
        const exited = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGKILL");
        return exited;
      }),
    );
  };
  for (const host of hosts.filter((_, n) => n % PER_PROCESS === PER_PROCESS - 1 || n === count - 1)) {
    await answering(host, PORT);
  }
  return { hosts, port: PORT, stop };
}

/** One process behind all of `hosts`. */
export function startOn(hosts: readonly string[], port: number): ChildProcess {
  const args = ["-p", String(port), "-U", "0", "-l", hosts.join(","), "-c", "8192", "-m", "64", "-t", "1"];
  if (process.getuid?.() === 0) args.push("-u", "root");
  return spawn("memcached", args, { stdio: "ignore" });
}

/** Resolves when a connection to `host` has been accepted. */
export async function answering(host: string, port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, host, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`memcached does not answer on ${host}:${port}`);
}

/** memcached's own version line, for the table. */
export function memcachedVersion(): string {
  return spawnSync("memcached", ["-V"], { encoding: "utf8" }).stdout.trim();
}
