/** An independent view of a text node: a bare socket, no code of the product. */
import { connect } from "node:net";
import { connect as tlsConnect } from "node:tls";
import type { NodeEndpoint } from "@/lib/memcached/contract";

/**
 * Sends `commands` (with their line ends) and returns everything the node sent until its bytes end with one of
 * `until`. Authfile nodes want their sign-in among the commands. `then` is sent once the first answers have come,
 * for commands that want to be alone.
 */
export function rawText(
  endpoint: NodeEndpoint,
  commands: string,
  until = ["END\r\n"],
  then: { readonly after: string; readonly say: string } | null = null,
): Promise<string> {
  const { address, tls } = endpoint;
  const options =
    address.kind === "unix" ? { path: address.path } : { host: address.host, port: address.port };
  return new Promise((resolve, reject) => {
    const socket = tls === null ? connect(options) : tlsConnect({ ...options, ca: tls.ca });
    let received = "";
    let next = then;
    socket.setEncoding("latin1");
    socket.setTimeout(5_000, () =>
      socket.destroy(new Error(`no end of the reply, only ${JSON.stringify(received)}`)),
    );
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`closed after ${JSON.stringify(received)}`)));
    socket.on("data", (chunk: string) => {
      received += chunk;
      if (next !== null && received.endsWith(next.after)) {
        socket.write(next.say, "latin1");
        next = null;
        return;
      }
      if (!until.some((end) => received.endsWith(end))) return;
      resolve(received);
      socket.destroy();
    });
    socket.write(commands, "latin1");
  });
}

/** `STAT name value` lines as a map. */
export function statLines(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/^STAT (\S+) (.*)\r$/gm)].map(([, name, value]) => [name ?? "", value ?? ""]),
  );
}
