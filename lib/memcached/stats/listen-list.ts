/** How long the `-l` option of a server must be, from the listeners in its `stats conns`. Pure. */

/** An address of `stats conns`: `tcp:127.0.0.1:11211`, `tcp6:[::1]:11211`. */
const LISTENER = /^tcp6?:(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/;

/**
 * The length of the shortest list that names every listener by its IP address: those at the most common port (`-p`)
 * without a port. A host name that stands for many addresses could be shorter; the risk is not worth it.
 */
export function shortestListLength(listeners: readonly string[]): number {
  const ports = new Map<string, number>();
  const entries = new Map<string, { readonly host: string; readonly port: string }>();
  for (const listener of new Set(listeners)) {
    const [, v6, v4, port] = LISTENER.exec(listener) ?? [];
    const host = v6 ?? v4;
    if (host === undefined || port === undefined) continue;
    entries.set(listener, { host, port });
    ports.set(port, (ports.get(port) ?? 0) + 1);
  }
  const [common] = [...ports].reduce((most, entry) => (entry[1] > most[1] ? entry : most), ["", 0]);
  let length = Math.max(0, entries.size - 1);
  for (const { host, port } of entries.values()) {
    const brackets = host.includes(":") ? 2 : 0;
    length += host.length + (port === common ? 0 : 1 + port.length + brackets);
  }
  return length;
}
