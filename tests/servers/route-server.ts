/** Route handlers behind a bare HTTP server: what Next does for them, as far as these tests need it. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>;

export interface RouteServer {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

export async function serveRoutes(routes: Readonly<Record<string, Handler>>): Promise<RouteServer> {
  const server = createServer(async (incoming, outgoing) => {
    const url = new URL(incoming.url ?? "/", `http://${incoming.headers.host}`);
    const handler = routes[url.pathname];
    const headers = Object.entries(incoming.headers).map(
      ([name, value]) => [name, String(value)] as [string, string],
    );
    const reply = handler
      ? await handler(new Request(url, { headers }), { params: Promise.resolve({}) })
      : new Response(null, { status: 404 });
    outgoing.writeHead(reply.status, Object.fromEntries(reply.headers));
    if (reply.body === null) outgoing.end();
    else Readable.fromWeb(reply.body as ReadableStream).pipe(outgoing);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
