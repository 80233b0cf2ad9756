import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { SourceUnavailable } from "./contract";
import { openHttpSd } from "./http-sd";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/targets`;
}

const json =
  (body: unknown): RequestListener =>
  (_request, response) =>
    void response.end(JSON.stringify(body));

const open = (url: string, headers: Record<string, string> = {}) =>
  openHttpSd({ kind: "httpSd", name: "httpSd", url, headers, refreshMs: 30_000 });

const never = () => new AbortController().signal;
const idsOf = async (url: string) => (await open(url).read(never())).targets.map(({ id }) => id);

describe("targets over HTTP", () => {
  it("are those of the response, and valid until the refresh", async () => {
    const url = await serve(json([{ targets: ["10.0.0.11:11211"], labels: { dc: "tyo1", __meta_x: "y" } }]));
    expect(await open(url).read(never())).toEqual({
      targets: [
        {
          id: "10.0.0.11:11211",
          address: { kind: "tcp", host: "10.0.0.11", port: 11211 },
          labels: { dc: "tyo1" },
        },
      ],
      problems: [],
      ttlMs: 30_000,
    });
  });

  it("are requested with the configured headers and the refresh in seconds", async () => {
    const receivedHeaders: Record<string, unknown>[] = [];
    const url = await serve((request, response) => {
      receivedHeaders.push(request.headers);
      response.end("[]");
    });
    await open(url, { authorization: "Bearer s3cret", "x-scope": "a b" }).read(never());
    expect(receivedHeaders).toEqual([
      expect.objectContaining({
        authorization: "Bearer s3cret",
        "x-scope": "a b",
        accept: "application/json",
        "x-prometheus-refresh-interval-seconds": "30",
      }),
    ]);
  });

  it("are none when the server lists none", async () => {
    expect(await idsOf(await serve(json([])))).toEqual([]);
  });

  it("follow the server's replies", async () => {
    let target = "a";
    const source = open(
      await serve((_request, response) => void response.end(`[{"targets":["${target}"]}]`)),
    );
    expect((await source.read(never())).targets.map(({ id }) => id)).toEqual(["a:11211"]);
    target = "b";
    expect((await source.read(never())).targets.map(({ id }) => id)).toEqual(["b:11211"]);
  });

  it.each([500, 404, 401, 204])("are unavailable when the status is %i", async (status) => {
    const url = await serve((_request, response) => void response.writeHead(status).end());
    await expect(idsOf(url)).rejects.toThrow(new SourceUnavailable(`HTTP status ${status}`));
  });

  it("are not read from a redirect's target: the secrets are for this server alone", async () => {
    const received: string[] = [];
    const other = await serve((request, response) => {
      received.push(String(request.headers["x-secret"]));
      response.end("[]");
    });
    const url = await serve((_request, response) => void response.writeHead(302, { location: other }).end());
    await expect(open(url, { "x-secret": "s3cret" }).read(never())).rejects.toThrow(
      "redirects are not followed",
    );
    expect(received).toEqual([]);
  });

  it.each(["", "<html>", '{"targets":[]}', "null"])(
    "are unavailable when the response is %j",
    async (body) => {
      const url = await serve((_request, response) => void response.end(body));
      await expect(idsOf(url)).rejects.toThrow(SourceUnavailable);
    },
  );

  it("are unavailable when nothing listens, and the reason contains no secret", async () => {
    const url = await serve(json([]));
    const [server] = servers.splice(0);
    server?.close();
    const refused = open(url, { authorization: "Bearer s3cret" }).read(never());
    await expect(refused).rejects.toThrow(new SourceUnavailable("connection refused"));
  });

  it("are unavailable at a port that is blocked for HTTP", async () => {
    await expect(idsOf("http://127.0.0.1:25/targets")).rejects.toThrow(
      "HTTP requests to this port are blocked",
    );
  });

  it("are unavailable when the response is truncated, or never ends", async () => {
    const cut = await serve((_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("[");
      setTimeout(() => response.destroy(), 20);
    });
    await expect(idsOf(cut)).rejects.toThrow(SourceUnavailable);
    const silent = await serve((_request, response) => void response.write("["));
    const received = open(silent).read(AbortSignal.timeout(200));
    await expect(received).rejects.toThrow(new SourceUnavailable("timeout"));
  });

  it("are bounded: more than 10 MiB is not a list, however small it is compressed", async () => {
    const huge = gzipSync(Buffer.alloc(11 * 1024 * 1024, " "));
    const url = await serve((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      response.end(huge);
    });
    await expect(idsOf(url)).rejects.toThrow("response larger than 10485760 bytes");
  });
});
