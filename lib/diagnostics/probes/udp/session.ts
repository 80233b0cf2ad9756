/** One UDP request to one address, and everything that comes back for it. */
import { createSocket, type Socket } from "node:dgram";
import { UdpReply } from "./reply";

export interface UdpAddress {
  /** A literal address that was checked. */
  readonly ip: string;
  readonly family: 4 | 6;
  readonly port: number;
}

export interface UdpOutcome {
  readonly reply: UdpReply;
  /** The system's error code, `ECONNREFUSED` for a port that is closed; null when there was none. */
  readonly error: string | null;
  /** What ended the listening. */
  readonly ended: "complete" | "quiet" | "limit" | "error";
  /** From sending to the first datagram that counts; null without one. */
  readonly firstMs: number | null;
  /** The local address it was sent from; null when the socket never stood. */
  readonly from: string | null;
}

/** How long a reply is listened for, in milliseconds. */
export const REPLY_LIMIT_MS = 3_000;
/** After a datagram: when everything announced has come, and when some of it is missing. */
const QUIET_COMPLETE_MS = 150;
const QUIET_MS = 1_000;

/**
 * Sends `request` once and collects what the place answers to its id. The socket is connected: the kernel drops what
 * comes from another address or port, and reports a closed port. Rejects only with the signal's reason.
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
      clearTimeout(quiet);
      signal.removeEventListener("abort", abort);
      socket.removeAllListeners();
      // A report that was on its way must not end the process.
      socket.on("error", () => undefined);
      socket.close();
      finish();
    };
    const settle = (ended: UdpOutcome["ended"], error: string | null = null) =>
      end(() => resolve({ reply, error, ended, firstMs, from }));
    const abort = () => end(() => reject(signal.reason));
    let quiet: NodeJS.Timeout | undefined;
    const limit = setTimeout(() => settle("limit"), REPLY_LIMIT_MS);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort);
    socket.on("error", (error) => settle("error", codeOf(error)));
    socket.on("message", (datagram) => {
      if (!reply.take(datagram)) return;
      firstMs ??= performance.now() - sentAt;
      clearTimeout(quiet);
      const { complete } = reply;
      quiet = setTimeout(
        () => settle(complete ? "complete" : "quiet"),
        complete ? QUIET_COMPLETE_MS : QUIET_MS,
      );
    });
    // With a callback, Node hands it an error of connecting, whatever its types say.
    socket.connect(port, ip, (error?: Error) => {
      if (error) return settle("error", codeOf(error));
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
