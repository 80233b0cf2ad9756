/** Opening a connection to a node: TCP, TLS or unix socket, by its deadline, only to addresses that may be. */
import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { connect, isIP, type LookupFunction, type Socket } from "node:net";
import { createSecureContext, type SecureContext, connect as tlsConnect } from "node:tls";
import type { NodeEndpoint, NodeTls } from "../contract";
import { refusedNodeIp } from "../refused-addresses";
import { Connection } from "./connection";
import { Deadline } from "./deadline";
import { ConnectionError } from "./errors";
import { toConnectionError } from "./socket-errors";

/**
 * All plain sockets read into this one piece of memory: the event loop reads one socket at a time and hands
 * the bytes on before it reads the next, and no receiver keeps them.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(65_536);

/**
 * Opens a connection. Rejects with a `ConnectionError` (`connectTimeout` when nothing answered within
 * `connectTimeoutMs` or the request's deadline); nothing is left open then.
 */
export function openConnection(
  endpoint: Pick<NodeEndpoint, "address" | "tls">,
  connectTimeoutMs: number,
  deadline: Deadline,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    let connection: Connection | null = null;
    const { socket, standing } = start(endpoint, (bytes, length) => connection?.receive(bytes, length));
    let answered = false;
    const patience = Math.min(connectTimeoutMs, deadline.remainingMs);
    // An attempt that began with hardly any time left says nothing about the node.
    const hurried = patience < Math.min(connectTimeoutMs, deadline.timeoutMs) / 2;
    const giveUp = () => {
      if (answered) fail(new ConnectionError("replyTimeout", "TLS handshake"));
      else if (hurried) fail(new ConnectionError("replyTimeout", "an earlier request took all the time"));
      else fail(new ConnectionError("connectTimeout"));
    };
    const connecting = new Deadline(patience);
    const fail = (cause: unknown) => {
      connecting.clear();
      socket.on("error", () => undefined);
      socket.destroy();
      const fault = toConnectionError(cause);
      // A peer that hangs up during the handshake has not refused memcached, but TLS.
      reject(
        answered && fault.reason === "connectionClosed"
          ? new ConnectionError("tlsFailed", "closed during the handshake")
          : fault,
      );
    };
    const closed = () => fail(new ConnectionError("connectionClosed"));
    connecting.guard(giveUp);
    deadline.guard(giveUp);
    socket.once("connect", () => {
      answered = endpoint.tls !== null;
    });
    socket.once("error", fail);
    socket.once("close", closed);
    socket.once(standing, () => {
      connecting.clear();
      socket.off("error", fail);
      socket.off("close", closed);
      connection = new Connection(socket);
      resolve(connection);
    });
  });
}

function start(
  { address, tls }: Pick<NodeEndpoint, "address" | "tls">,
  receive: (bytes: Buffer, length: number) => void,
): { socket: Socket; standing: "connect" | "secureConnect" } {
  const place = endpointLabel(address);
  if (tls === null) {
    const onread = {
      buffer: READ_BUFFER,
      callback: (length: number) => {
        receive(READ_BUFFER, length);
        return true;
      },
    };
    return { socket: connect({ ...place, onread }), standing: "connect" };
  }
  const socket = tlsConnect({
    ...place,
    servername: servernameOf(address, tls),
    secureContext: contextOf(tls),
    rejectUnauthorized: !tls.insecureSkipVerify,
  });
  socket.on("data", (chunk: Buffer) => receive(chunk, chunk.length));
  return { socket, standing: "secureConnect" };
}

type ConnectTarget =
  | { readonly path: string }
  | {
      readonly host: string;
      readonly port: number;
      readonly lookup: LookupFunction;
      readonly noDelay: boolean;
    };

/** What Node's `connect` is told of a place; throws, or fails later, for an address that no node may have. */
export function endpointLabel(address: NodeEndpoint["address"]): ConnectTarget {
  if (address.kind === "unix") return { path: address.path };
  if (isIP(address.host)) checkAddress(address.host);
  return { host: address.host, port: address.port, lookup: checkedLookup, noDelay: true };
}

/** RFC 6066 allows names only; for an IP address Node checks the certificate against the host it dialled. */
export function servernameOf(address: NodeEndpoint["address"], tls: NodeTls): string | undefined {
  if (tls.servername !== undefined) return tls.servername;
  return address.kind === "tcp" && isIP(address.host) === 0 ? address.host : undefined;
}

const contexts = new WeakMap<NodeTls, SecureContext>();

/** Reading certificates costs milliseconds, so it is done once for each configuration. */
export function contextOf(tls: NodeTls): SecureContext {
  let context = contexts.get(tls);
  if (context === undefined) {
    context = createSecureContext({ ca: tls.ca, cert: tls.cert, key: tls.key });
    contexts.set(tls, context);
  }
  return context;
}

function checkAddress(ip: string): void {
  const refused = refusedNodeIp(ip);
  if (refused !== null) throw new ConnectionError("unreachable", refused);
}

/** Resolves a name once and hands on the addresses that were checked, so that no second answer slips in. */
const checkedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { family: options.family, hints: options.hints, all: true })
    .then((addresses) => {
      for (const { address } of addresses) checkAddress(address);
      return addresses;
    })
    .then(
      (addresses) => answer(callback, addresses, options.all === true),
      (error) => callback(error, []),
    );
};

function answer(callback: Parameters<LookupFunction>[2], addresses: LookupAddress[], all: boolean): void {
  const [first] = addresses;
  if (all) callback(null, addresses);
  else if (first === undefined) callback(Object.assign(new Error("no address"), { code: "ENOTFOUND" }), []);
  else callback(null, first.address, first.family);
}
