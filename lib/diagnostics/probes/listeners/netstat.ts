import { splitHostPort } from "@/lib/model/node/node-address";
import { bounded, escaped } from "../../transcript";
import type { Listener } from "./scopes";

/**
 * Listeners as `netstat -plunt` prints them. A node doesn't report the queues of its sockets, so these columns hold a
 * dash; unix sockets, which that command omits, are listed with their path. `pid` is the node's.
 */
export function renderNetstat(listeners: readonly Listener[], pid: string | null): string {
  const program = pid === null ? "-" : `${escaped(pid)}/memcached`;
  const rows = listeners.map((listener) => [
    protocolOf(listener),
    "-",
    "-",
    ...addressColumns(listener),
    program,
  ]);
  const table = [HEADINGS, ...rows].map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(WIDTHS[column] ?? 0))
      .join(" ")
      .trimEnd(),
  );
  return bounded(["Active Internet connections (only servers)", ...table].join("\n"));
}

const HEADINGS = [
  "Proto",
  "Recv-Q",
  "Send-Q",
  "Local Address",
  "Foreign Address",
  "State",
  "PID/Program name",
];
const WIDTHS = [5, 6, 6, 23, 23, 11, 0];

function protocolOf({ transport, address }: Listener): string {
  return transport !== "unix" && address.startsWith("[") ? `${transport}6` : transport;
}

function addressColumns({ transport, address }: Listener): [local: string, foreign: string, state: string] {
  if (transport === "unix") return [escaped(address), "-", "LISTENING"];
  const parts = splitHostPort(address);
  const local = parts?.bracketed ? `${parts.host}:${parts.port ?? "*"}` : address;
  return [escaped(local), parts?.bracketed ? ":::*" : "0.0.0.0:*", transport === "tcp" ? "LISTEN" : ""];
}
