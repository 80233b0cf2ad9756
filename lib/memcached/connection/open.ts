/** Opens connections to nodes: TCP, TLS, or unix socket, within a deadline, only to allowed addresses. */
import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { connect, isIP, type LookupFunction, type Socket } from "node:net";
import { createSecureContext, type SecureContext, connect as tlsConnect } from "node:tls";
import type { NodeEndpoint, NodeTls } from "../contract";
import { refusedNodeIp } from "../refused-addresses";
import { waitedTooLong } from "../request-queue";
import { Connection } from "./connection";
import { Deadline } from "./deadline";
import { ConnectionError } from "./errors";
import { toConnectionError } from "./socket-errors";

/**
 * All sockets without TLS read into this buffer: the event loop reads one socket at a time and passes on the bytes before
 * it reads the next one, and no receiver keeps them.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(65_536);

/**
 * Opens a connection. Rejects with a `ConnectionError` (`connectTimeout` if it takes longer than `connectTimeoutMs` or
 * the request's deadline) and leaves nothing open then.
 */
export function openConnection(
  endpoint: Pick<NodeEndpoint, "address" | "tls">,
  connectTimeoutMs: number,
  deadline: Deadline,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    let connection: Connection | null = null;
    const { socket, readyEvent } = start(endpoint, (bytes, length) => connection?.receive(bytes, length));
    let accepted = false;
    const timeoutMs = Math.min(connectTimeoutMs, deadline.remainingMs);
    // A timeout after a start with little time remaining does not mean that the node is down.
    const shortOfTime = timeoutMs < Math.min(connectTimeoutMs, deadline.timeoutMs) / 2;
    const giveUp = () => {
      if (accepted) fail(new ConnectionError("replyTimeout", "TLS handshake"));
      else if (shortOfTime) fail(waitedTooLong());
      else fail(new ConnectionError("connectTimeout"));
    };
    const connecting = new Deadline(timeoutMs);
    const fail = (cause: unknown) => {
      connecting.clear();
      socket.on("error", () => undefined);
      socket.destroy();
      const error = toConnectionError(cause);
      // A peer that closes during the handshake refuses TLS, not memcached.
      const refusesTls = accepted && error.reason === "connectionClosed";
      reject(refusesTls ? new ConnectionError("tlsFailed", "closed during the handshake") : error);
    };
    const closed = () => fail(new ConnectionError("connectionClosed"));
    connecting.guard(giveUp);
    deadline.guard(giveUp);
    socket.once("connect", () => {
      accepted = endpoint.tls !== null;
    });
    socket.once("error", fail);
    socket.once("close", closed);
    socket.once(readyEvent, () => {
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
): { socket: Socket; readyEvent: "connect" | "secureConnect" } {
  const target = connectOptions(address);
  if (tls === null) {
    const onread = {
      buffer: READ_BUFFER,
      callback: (length: number) => {
        receive(READ_BUFFER, length);
        return true;
      },
    };
    return { socket: connect({ ...target, onread }), readyEvent: "connect" };
  }
  const socket = tlsConnect({
    ...target,
    servername: servernameOf(address, tls),
    secureContext: contextOf(tls),
    rejectUnauthorized: !tls.insecureSkipVerify,
  });
  socket.on("data", (chunk: Buffer) => receive(chunk, chunk.length));
  return { socket, readyEvent: "secureConnect" };
}

type ConnectTarget =
  | { readonly path: string }
  | {
      readonly host: string;
      readonly port: number;
      readonly lookup: LookupFunction;
      readonly noDelay: boolean;
    };

/** Options for `connect` of Node.js. Throws, or makes `connect` fail, for an address that cannot be a node. */
export function connectOptions(address: NodeEndpoint["address"]): ConnectTarget {
  if (address.kind === "unix") return { path: address.path };
  if (isIP(address.host)) checkAddress(address.host);
  return { host: address.host, port: address.port, lookup: checkedLookup, noDelay: true };
}

/** RFC 6066 allows only names; for an IP address Node.js checks the certificate against the address. */
export function servernameOf(address: NodeEndpoint["address"], tls: NodeTls): string | undefined {
  if (tls.servername !== undefined) return tls.servername;
  return address.kind === "tcp" && isIP(address.host) === 0 ? address.host : undefined;
}

const contexts = new WeakMap<NodeTls, SecureContext>();

/** Parsing certificates takes milliseconds, so each configuration is parsed once. */
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

/** Resolves a name once and returns the checked addresses, so that `connect` cannot get different ones. */
const checkedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { family: options.family, hints: options.hints, all: true })
    .then((addresses) => {
      for (const { address } of addresses) checkAddress(address);
      return addresses;
    })
    .then(
      (addresses) => respond(callback, addresses, options.all === true),
      (error) => callback(error, []),
    );
};

function respond(callback: Parameters<LookupFunction>[2], addresses: LookupAddress[], all: boolean): void {
  const [first] = addresses;
  if (all) callback(null, addresses);
  else if (first === undefined) callback(Object.assign(new Error("no address"), { code: "ENOTFOUND" }), []);
  else callback(null, first.address, first.family);
}
