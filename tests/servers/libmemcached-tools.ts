/** The tools of libmemcached, whose results Memfleet's must match. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { NodeEndpoint } from "@/lib/memcached/contract";

export interface ToolResult {
  readonly code: number | null;
  readonly stdout: Buffer;
}

/** Runs `memccat`, `memcrm`, … of Debian against these nodes, in this order, over the binary protocol if wanted. */
export async function memcTool(
  name: "memccat" | "memcrm" | "memccp" | "memctouch" | "memcexist",
  nodes: readonly NodeEndpoint[],
  args: readonly string[],
  { binary = false, cwd = "/" } = {},
): Promise<ToolResult> {
  const servers = nodes.map(({ address, id }) => {
    if (address.kind !== "tcp") throw new Error(`${name} supports TCP only, not ${id}`);
    return `${address.host}:${address.port}`;
  });
  const credentials = nodes[0]?.credentials ?? null;
  const signIn = credentials
    ? [`--username=${credentials.username}`, `--password=${credentials.password}`]
    : [];
  const options = [`--servers=${servers.join(",")}`, ...(binary ? ["--binary"] : []), ...signIn];
  const child = spawn(name, [...options, ...args], {
    cwd,
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 60_000,
  });
  const pieces: Buffer[] = [];
  child.stdout.on("data", (piece: Buffer) => pieces.push(piece));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout: Buffer.concat(pieces) };
}
