/** Sends one UDP request to one address and collects the response. */
import { createSocket, type Socket } from "node:dgram";
import { UdpReply } from "./reply";

export interface UdpAddress {
  /** A literal address that passed the check of allowed addresses. */
  readonly ip: string;
  readonly family: 4 | 6;
  readonly port: number;
}

export interface UdpOutcome {
  readonly reply: UdpReply;
  /** The system's error code, `ECONNREFUSED` for a closed port; null without an error. */
  readonly error: string | null;
  /** Why the wait ended. */
  readonly ended: "complete" | "quiet" | "limit" | "error";
  /** Milliseconds from sending to the first datagram of the response; null without one. */
  readonly firstMs: number | null;
  /** The local address it was sent from; null when the socket never connected. */
  readonly from: string | null;
}

/** Maximum milliseconds to wait for the response. */
export const REPLY_LIMIT_MS = 3_000;
/** Milliseconds to wait after a datagram: when the response is complete, and while parts are missing. */
const IDLE_COMPLETE_MS = 150;
const IDLE_MS = 1_000;

/**
 * Sends `request` once and collects the datagrams with its id. The socket is connected: the kernel drops datagrams from
 * other addresses and ports, and reports a closed port. Rejects only with the signal's reason.
 */
export function exchangeUdp(
  { ip, family, port }: UdpAddress,
  { id, request }: { readonly id: number; readonly request: Buffer },
  signal: AbortSignal,
): Promise<UdpOutcome> {
  return new Promise((resolve, reject) => {
    const reply = new UdpReply(id);
    const socket = createSocket(family === 6 ? "udp6" : "udp4");
    let sentAt = performance.now();
    let firstMs: number | null = null;
    let from: string | null = null;
    const end = (finish: () => void) => {
      clearTimeout(limit);
      clearTimeout(idle);
      signal.removeEventListener("abort", abort);
      socket.removeAllListeners();
      // A late error event must not end the process.
      socket.on("error", () => undefined);
      socket.close();
      finish();
    };
    const finishWith = (ended: UdpOutcome["ended"], error: string | null = null) =>
      end(() => resolve({ reply, error, ended, firstMs, from }));
    const abort = () => end(() => reject(signal.reason));
    let idle: NodeJS.Timeout | undefined;
    const limit = setTimeout(() => finishWith("limit"), REPLY_LIMIT_MS);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort);
    socket.on("error", (error) => finishWith("error", codeOf(error)));
    socket.on("message", (datagram) => {
      if (!reply.take(datagram)) return;
      firstMs ??= performance.now() - sentAt;
      clearTimeout(idle);
      const { complete } = reply;
      idle = setTimeout(
        () => finishWith(complete ? "complete" : "quiet"),
        complete ? IDLE_COMPLETE_MS : IDLE_MS,
      );
    });
    // With a callback, Node passes a connection error to it, whatever its types say.
    socket.connect(port, ip, (error?: Error) => {
      if (error) return finishWith("error", codeOf(error));
      from = localAddress(socket);
      sentAt = performance.now();
      socket.send(request);
    });
  });
}

function localAddress(socket: Socket): string {
  const { address, port } = socket.address();
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "unknown";
}
