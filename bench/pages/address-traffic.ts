/** Gets and sets to every process behind the addresses, so that every poll of every node returns other stats. */
import { connect } from "node:net";
import type { Addresses } from "../memcached-addresses";

const EVERY_MS = 500;
/** Addresses of one process; a request to one of them changes the stats of all. */
const PER_PROCESS = 250;

/** Returns the way to stop. */
export function startTraffic({ hosts, port }: Addresses): () => void {
  const sockets = hosts
    .filter((_, index) => index % PER_PROCESS === 0)
    .map((host) =>
      connect(port, host)
        .on("error", () => undefined)
        .resume(),
    );
  let round = 0;
  const timer = setInterval(() => {
    round++;
    sockets.forEach((socket, index) => {
      const size = 100 + ((round * 37 + index * 61) % 900);
      const gets = Array.from(
        { length: 5 + ((round + index) % 20) },
        (_, n) => `get k${(round + n) % 50}\r\n`,
      );
      socket.write(`set k${round % 40} 0 0 ${size}\r\n${"x".repeat(size)}\r\n${gets.join("")}`);
    });
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    for (const socket of sockets) socket.destroy();
  };
}
