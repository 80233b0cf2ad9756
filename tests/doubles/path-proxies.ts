/** Reverse proxies that treat `%2F` in paths as common ones do, in front of a running Memfleet. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface PathProxy {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * nginx with a path in `proxy_pass` (`proxy_pass http://memfleet/;`): the path is decoded, repeated slashes and dot
 * segments are removed (`ngx_http_parse_complex_uri`), and what is left is escaped again, slashes not included.
 */
export function startDecodingProxy(port: number): Promise<PathProxy> {
  return startProxy(port, (path) => {
    const decoded = decodeURIComponent(path).replaceAll(/\/{2,}/g, "/");
    const { pathname } = new URL(decoded.replaceAll(/[ "#%?]/g, encodeURIComponent), "http://nginx");
    return pathname;
  });
}

/** Apache without `AllowEncodedSlashes`: 404 for `%2F`, without asking the server behind it. */
export function startRefusingProxy(port: number): Promise<PathProxy> {
  return startProxy(port, (path) => (/%2f/i.test(path) ? null : path));
}

async function startProxy(port: number, pathOf: (path: string) => string | null): Promise<PathProxy> {
  const forward = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const [path = "", query] = (incoming.url ?? "").split("?", 2);
    const written = pathOf(path);
    if (written === null) {
      outgoing.writeHead(404, { "content-type": "text/html" }).end("<h1>Not Found</h1>");
      return;
    }
    const target = query === undefined ? written : `${written}?${query}`;
    const { method, headers } = incoming;
    const forwarded = request({ host: "127.0.0.1", port, path: target, method, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    forwarded.on("error", () => outgoing.destroy());
    outgoing.on("close", () => forwarded.destroy());
    incoming.pipe(forwarded);
  };
  const server = createServer(forward).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
