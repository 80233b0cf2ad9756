/** Fills a node fast: pipelined `set … noreply` over a bare socket, no code of the product. */
import { connect } from "node:net";
import { connect as tlsConnect } from "node:tls";
import type { NodeEndpoint } from "@/lib/memcached/contract";

/**
 * Commands gathered to one write, in bytes. Over TLS a server of 1.6.18 takes no notice of what is left of a record
 * that is longer than its read buffer of 16 kB, until another one comes.
 */
const PIECE = { plain: 262_144, tls: 6_144 };

/** Stores one item per key, with a value of `valueBytes` bytes. Resolves when the node has taken them all. */
export async function storeItems(
  { address, tls, credentials }: NodeEndpoint,
  keys: Iterable<string>,
  valueBytes = 1,
): Promise<void> {
  const options =
    address.kind === "unix" ? { path: address.path } : { host: address.host, port: address.port };
  const socket = tls === null ? connect(options) : tlsConnect({ ...options, ca: tls.ca });
  const ended = new Promise<void>((resolve, reject) => {
    let received = "";
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      if (received.includes("VERSION")) resolve();
    });
    socket.on("close", () => reject(new Error(`closed after ${received}`)));
  });
  if (credentials !== null) {
    const login = `${credentials.username} ${credentials.password}`;
    socket.write(`set x 0 0 ${Buffer.byteLength(login)}\r\n${login}\r\n`);
  }
  const rest = ` 0 0 ${valueBytes} noreply\r\n${"v".repeat(valueBytes)}\r\n`;
  const most = tls === null ? PIECE.plain : PIECE.tls;
  let piece = "";
  for (const key of keys) {
    piece += `set ${key}${rest}`;
    if (piece.length < most) continue;
    const written = piece;
    await new Promise<void>((resolve) => socket.write(written, "latin1", () => resolve()));
    piece = "";
  }
  socket.write(`${piece}version\r\n`, "latin1");
  await ended;
  socket.destroy();
}

/** `prefix0` to `prefix<count − 1>`. */
export function* numbered(prefix: string, count: number): Generator<string> {
  for (let i = 0; i < count; i++) yield `${prefix}${i}`;
}
