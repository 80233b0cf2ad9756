/** Opens connections to nodes: TCP, TLS, or unix socket, within a deadline, only to allowed addresses. */
import { connect, isIP, type Socket } from "node:net";
import { createSecureContext, type SecureContext, connect as tlsConnect } from "node:tls";
import type { NodeEndpoint, NodeTls } from "../contract";
import { refusedNodeIp } from "../refused-addresses";
import { waitedTooLong } from "../request-queue";
import { Connection } from "./connection";
import { Deadline } from "./deadline";
import { ConnectionError } from "./errors";
import { addressesToConnect, freshMs, moveTo, namedAddress, type ResolvedAddress } from "./name-addresses";
import { toConnectionError } from "./socket-errors";

/**
 * All sockets without TLS read into this buffer: the event loop reads one socket at a time and passes on the bytes before
 * it reads the next one, and no receiver keeps them.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(65_536);

/** One of several addresses gets at least this long to accept a connection. */
const MIN_ATTEMPT_MS = 250;

type Target = Pick<NodeEndpoint, "address" | "tls">;

/**
 * Opens a connection. Rejects with a `ConnectionError` (`connectTimeout` if it takes longer than `connectTimeoutMs` or
 * the request's deadline) and leaves nothing open then. A name is resolved again if its last resolution is older than
 * `maxAgeMs`. If the address in use fails and another one of the name accepts, that one is in use from now on.
 */
export async function openConnection(
  endpoint: Target,
  connectTimeoutMs: number,
  deadline: Deadline,
  maxAgeMs = freshMs(),
): Promise<Connection> {
  const name = namedAddress(endpoint.address);
  if (name === null) return openAt(endpoint, null, connectTimeoutMs, deadline);
  const startedMs = performance.now();
  const candidates = await resolveWithin(connectTimeoutMs, deadline, addressesToConnect(name, maxAgeMs));
  let failure: unknown = new ConnectionError("nameNotFound");
  for (const [index, { ip }] of candidates.entries()) {
    const remainingMs = connectTimeoutMs - (performance.now() - startedMs);
    const attemptMs = Math.max(MIN_ATTEMPT_MS, remainingMs / (candidates.length - index));
    try {
      const connection = await openAt(endpoint, ip, attemptMs, deadline);
      moveTo(name, ip);
      return connection;
    } catch (error) {
      if (index === 0) failure = error;
      if (deadline.expired || !isUnreachable(error)) throw error;
    }
  }
  throw failure;
}

/** Whether the next address of a name is worth a try: a node that answered, with whatever error, is in use. */
function isUnreachable(error: unknown): boolean {
  return error instanceof ConnectionError && UNREACHABLE.has(error.reason);
}

const UNREACHABLE: ReadonlySet<string> = new Set(["connectionRefused", "unreachable", "connectTimeout"]);

/** The addresses of a name; rejects if the resolver takes too long. */
export function resolveWithin(
  timeoutMs: number,
  deadline: Deadline,
  addresses: Promise<readonly ResolvedAddress[]>,
): Promise<readonly ResolvedAddress[]> {
  return new Promise((resolve, reject) => {
    const resolving = new Deadline(Math.min(timeoutMs, deadline.remainingMs));
    const settle = (settled: () => void) => {
      resolving.clear();
      settled();
    };
    const giveUp = () =>
      settle(() => reject(new ConnectionError("nameNotFound", "no answer from the resolver")));
    resolving.guard(giveUp);
    deadline.guard(giveUp);
    addresses.then(
      (found) => settle(() => resolve(found)),
      (error) => settle(() => reject(error)),
    );
  });
}

function openAt(
  endpoint: Target,
  ip: string | null,
  connectTimeoutMs: number,
  deadline: Deadline,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    let connection: Connection | null = null;
    const { socket, readyEvent } = start(endpoint, ip, (bytes, length) => connection?.receive(bytes, length));
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
      connection = new Connection(socket, ip);
      resolve(connection);
    });
  });
}

function start(
  { address, tls }: Target,
  ip: string | null,
  receive: (bytes: Buffer, length: number) => void,
): { socket: Socket; readyEvent: "connect" | "secureConnect" } {
  const target = connectOptions(address, ip);
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
  | { readonly host: string; readonly port: number; readonly noDelay: boolean };

/**
 * Options for `connect` of Node.js; `ip` is the address of a named host. Throws for an address that cannot be a node.
 */
export function connectOptions(address: NodeEndpoint["address"], ip: string | null): ConnectTarget {
  if (address.kind === "unix") return { path: address.path };
  const host = ip ?? address.host;
  checkAddress(host);
  return { host, port: address.port, noDelay: true };
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
