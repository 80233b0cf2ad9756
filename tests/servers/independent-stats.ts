import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import { rawText, statLines } from "./raw-text";

/**
 * What another client reads from the node: a bare socket where it answers text, memcstat of libmemcached where
 * it does not. An authfile node is signed in to.
 */
export async function independentStats(
  endpoint: NodeEndpoint,
  protocol: "text" | "binary",
  group = "",
): Promise<Map<string, string>> {
  if (protocol === "binary") return memcstat(endpoint, group);
  const command = group === "" ? "stats\r\n" : `stats ${group}\r\n`;
  const { credentials } = endpoint;
  if (credentials === null) return statLines(await rawText(endpoint, command));
  const value = `${credentials.username} ${credentials.password}`;
  return statLines(
    await rawText(endpoint, `set x 0 0 ${Buffer.byteLength(value)}\r\n${value}\r\n${command}`),
  );
}

async function memcstat({ address, credentials }: NodeEndpoint, group: string): Promise<Map<string, string>> {
  if (address.kind !== "tcp") throw new Error("memcstat supports TCP only");
  const args = [`--servers=${address.host}:${address.port}`, "--binary"];
  if (credentials) args.push(`--username=${credentials.username}`, `--password=${credentials.password}`);
  if (group !== "") args.push(group);
  const { stdout } = await promisify(execFile)("memcstat", args, { timeout: 10_000 });
  return new Map(
    [...stdout.matchAll(/^\s+(\S+): (.*)$/gm)].map(([, name, value]) => [name ?? "", value ?? ""]),
  );
}
