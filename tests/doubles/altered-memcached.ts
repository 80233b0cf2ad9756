/**
 * A real memcached behind a relay that answers some text commands itself, as an older or other server does. Commands are
 * expected one at a time, or with `noreply`.
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { NodeEndpoint } from "../../lib/memcached/contract";

/** The reply to a command line; `close` ends the connection, null passes the line on. */
export type Alteration = (line: string) => string | "close" | null;

export interface AlteredMemcached {
  readonly endpoint: NodeEndpoint;
  /** Every line received, in order, data blocks included. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

export async function alterMemcached(
  real: NodeEndpoint,
  alter: Alteration,
  alterReply: (reply: string) => string = (reply) => reply,
): Promise<AlteredMemcached> {
  const { address } = real;
  if (address.kind !== "tcp") throw new Error("needs a server with a port");
  const lines: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    const behind = connect({ host: address.host, port: address.port, noDelay: true });
    for (const each of [socket, behind]) {
      sockets.add(each);
      each.on("error", () => undefined);
      each.on("close", () => {
        sockets.delete(each);
        socket.destroy();
        behind.destroy();
      });
    }
    let unfinished = "";
    socket.on("data", (chunk) => {
      const received = (unfinished + chunk.toString("latin1")).split("\r\n");
      unfinished = received.pop() ?? "";
      for (const line of received) {
        lines.push(line);
        const reply = alter(line);
        if (reply === "close") socket.destroy();
        else if (reply !== null) socket.write(`${reply}\r\n`);
        else behind.write(`${line}\r\n`, "latin1");
      }
    });
    behind.on("data", (chunk) => socket.write(alterReply(chunk.toString("latin1")), "latin1"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: {
      id: `127.0.0.1:${port}`,
      address: { kind: "tcp", host: "127.0.0.1", port },
      protocol: "text",
      credentials: null,
      tls: null,
    },
    lines,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
