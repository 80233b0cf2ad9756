/** Memfleet where people run it: behind proxies, in pods, beside hostile neighbours, with files that cannot be written. */
import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { startDecodingProxy, startRefusingProxy } from "../doubles/path-proxies";
import { type MemcachedServer, startMemcached } from "../servers/memcached";
import { rawText } from "../servers/raw-text";
import { type Dashboard, startDashboard } from "./dashboard";
import { asToken, authOfEveryRole } from "./people";

let plain: MemcachedServer;
let socket: MemcachedServer;
let dashboard: Dashboard;

test.beforeAll(async () => {
  test.setTimeout(360_000);
  [plain, socket] = await Promise.all([
    startMemcached({ mode: "plain", args: ["-o", "no_lru_maintainer"] }),
    startMemcached({ mode: "unix" }),
  ]);
  dashboard = await startDashboard([{ name: "main", servers: [plain.endpoint.id, socket.endpoint.id] }]);
});
test.afterAll(async () => {
  await dashboard?.stop();
  await Promise.all([plain?.stop(), socket?.stop()]);
});

/** Sends bytes as they are; the status and everything else that comes back. */
async function raw(text: string): Promise<{ status: number; text: string }> {
  const client = connect(dashboard.port, "127.0.0.1");
  client.write(text);
  let received = "";
  client.setEncoding("latin1").on("data", (chunk: string) => {
    received += chunk;
  });
  await once(client, "close");
  return { status: Number(received.slice(9, 12)), text: received };
}

function statusAs(host: string, address: string, path: string, headers = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: address, port: dashboard.port, path, headers: { host, ...headers } },
      (response) => {
        resolve(response.statusCode ?? 0);
        response.destroy();
      },
    );
    sent.on("error", reject).end();
  });
}

for (const [name, start] of [
  ["decodes %2F", startDecodingProxy],
  ["refuses %2F", startRefusingProxy],
] as const) {
  test(`behind a proxy that ${name}, a node on a socket and its keys with slashes and dots are reached`, async ({
    page,
  }) => {
    const proxy = await start(dashboard.port);
    try {
      const keys = ["sessions/1", ".", "..", "a//b/"];
      for (const key of keys) await rawText(socket.endpoint, `set ${key} 0 0 2\r\nhi\r\n`, ["STORED\r\n"]);
      await page.goto(proxy.url);
      await page.getByRole("link", { name: socket.endpoint.id }).first().click();
      await expect(page.getByRole("heading", { name: socket.endpoint.id })).toBeVisible();
      const path = new URL(page.url()).pathname;
      // A link that somebody kept.
      if (start === startDecodingProxy) {
        await page.goto(`${proxy.url}/nodes/${encodeURIComponent(socket.endpoint.id)}`);
        await expect(page.getByRole("heading", { name: socket.endpoint.id })).toBeVisible();
      }
      for (const key of keys) {
        await page.goto(`${proxy.url}${path}?tab=keys&key=${encodeURIComponent(key)}`);
        await expect(page.getByRole("main")).toContainText("hi");
      }
    } finally {
      await proxy.close();
    }
  });
}

test("a path that nginx has decoded reaches its node, and an unknown one below /api is never HTML", async () => {
  const proxy = await startDecodingProxy(dashboard.port);
  try {
    await rawText(socket.endpoint, "set a/b 0 0 2\r\nhi\r\n", ["STORED\r\n"]);
    const node = `${proxy.url}/api/v1/nodes/${encodeURIComponent(socket.endpoint.id)}`;
    for (const path of ["", "/stats/general", "/slabs", "/keys/a%2Fb", "/keys/a%2Fb/value"]) {
      expect([path, (await fetch(`${node}${path}`)).status]).toEqual([path, 200]);
    }
    expect(await (await fetch(`${node}/keys/a%2Fb/value`)).text()).toBe("hi");
  } finally {
    await proxy.close();
  }
  for (const path of ["/api", "/api/v1", "/api/v1/nope", "/api/v1/nodes/a/b/c/d/e", "/api/v2/fleet"]) {
    for (const method of ["GET", "POST", "DELETE"]) {
      const reply = await fetch(`${dashboard.url}${path}`, { method });
      expect([path, method, reply.status]).toEqual([path, method, 404]);
      expect(reply.headers.get("content-type")).toContain("application/problem+json");
    }
  }
});

test("a foreign page's GET makes nodes work on an open dashboard: refused, and no crawler starts", async ({
  page,
}) => {
  const crawls = async () =>
    Number(/STAT lru_crawler_starts (\d+)/.exec(await rawText(plain.endpoint, "stats\r\n"))?.[1]);
  const keys = `${dashboard.url}/api/v1/nodes/${encodeURIComponent(plain.endpoint.id)}/keys?limit=1`;
  const attack = `<!doctype html><img src="${keys}&a"><script src="${keys}&b"></script><iframe src="${keys}&c"></iframe>
    <object data="${keys}&d"></object><script>
      fetch("${keys}&e", { mode: "no-cors" }).catch(() => {});
      fetch("${keys}&f").catch(() => {});
      new EventSource("${keys.replace("/keys?limit=1", "/ping?count=1")}");
    </script>`;
  const site = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end(attack);
  }).listen(0, "127.0.0.1");
  await once(site, "listening");
  try {
    const before = await crawls();
    let sent = 0;
    const statuses: number[] = [];
    page.on("request", (request) => {
      if (request.url().startsWith(dashboard.url)) sent++;
    });
    // The browser shows no status of a response that it keeps from the page.
    page.on("response", (response) => {
      if (response.url().startsWith(dashboard.url)) statuses.push(response.status());
    });
    const { port } = site.address() as { port: number };
    // Another site: the ports of one host are the same site.
    await page.goto(`http://localhost:${port}/`, { waitUntil: "networkidle" });
    expect(sent).toBeGreaterThanOrEqual(6);
    expect(new Set(statuses)).toEqual(new Set([403]));
    expect(await crawls()).toBe(before);
    expect((await fetch(keys)).status).toBe(200);
    await expect.poll(crawls).toBeGreaterThan(before);
  } finally {
    site.close();
    site.closeAllConnections();
  }
});

test("TRACE, unknown methods, two Hosts, absolute targets, 10 GB and malformed framework headers: refused, and the log stays empty", async () => {
  await expect.poll(() => dashboard.output()).toContain("Memfleet is ready at");
  const before = dashboard.output();
  const host = `Host: 127.0.0.1:${dashboard.port}\r\nConnection: close\r\n`;
  const huge = "Content-Type: application/json\r\nContent-Length: 10737418240\r\n";
  const cases: [string, number][] = [
    [`TRACE / HTTP/1.1\r\n${host}\r\n`, 405],
    [`FOO /api/v1/fleet HTTP/1.1\r\n${host}\r\n`, 405],
    [`PROPFIND /api/v1/fleet HTTP/1.1\r\n${host}\r\n`, 405],
    [`PUT /api/v1/fleet HTTP/1.1\r\n${host}Content-Length: 0\r\n\r\n`, 405],
    [`POST / HTTP/1.1\r\n${host}Next-Action: x\r\nContent-Length: 0\r\n\r\n`, 405],
    [`GET / HTTP/1.1\r\n${host}Next-Action: x\r\n\r\n`, 400],
    [`GET / HTTP/1.1\r\n${host}RSC: 1\r\nNext-Router-State-Tree: %7B\r\n\r\n`, 400],
    [`GET / HTTP/1.1\r\n${host}Host: evil.test\r\n\r\n`, 400],
    [`GET http://evil.test/pools/ HTTP/1.1\r\n${host}\r\n`, 400],
    [`GET /_next/image?url=%2Ficon.svg&w=64&q=75 HTTP/1.1\r\n${host}\r\n`, 400],
    [`POST /api/v1/session HTTP/1.1\r\n${host}${huge}\r\n`, 413],
    [`POST /api/v1/actions HTTP/1.1\r\n${host}${huge}\r\n`, 413],
    [`GET /pools/ HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n`, 421],
  ];
  for (const [text, status] of cases) expect([text, (await raw(text)).status]).toEqual([text, status]);
  // A body that is cut off.
  const cut = connect(dashboard.port, "127.0.0.1");
  cut.end(
    `POST /api/v1/session HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
  );
  await once(cut.resume(), "close");
  expect((await fetch(`${dashboard.url}/-/healthy`)).status).toBe(200);
  expect(dashboard.output()).toBe(before);
  expect(before).not.toContain("Next.js");
});

test("on all addresses of the machine: pods are reached by their own, links need publicUrl, and https sends HSTS", async () => {
  const auth = await authOfEveryRole();
  const address = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
  const share = () =>
    fetch(`${dashboard.url}/api/v1/shares`, {
      method: "POST",
      headers: { "content-type": "application/json", ...asToken("operator") },
      body: JSON.stringify({ nodes: [plain.endpoint.id] }),
    });
  await dashboard.end();
  await dashboard.writeSettings({ auth, listen: `0.0.0.0:${dashboard.port}` });
  await dashboard.startAgain();
  try {
    if (address !== undefined) {
      const viewer = asToken("viewer");
      expect(await statusAs(`${address}:${dashboard.port}`, address, "/metrics", viewer)).toBe(200);
      expect(await statusAs(`${address}:${dashboard.port}`, "127.0.0.1", "/metrics", viewer)).toBe(421);
      expect(await statusAs("evil.test", address, "/metrics", viewer)).toBe(421);
      for (const path of ["/-/healthy", "/-/ready"]) {
        expect(await statusAs("kube-probe.test", address, path)).toBe(200);
      }
    }
    const refused = await share();
    expect(refused.status).toBe(409);
    expect(await refused.text()).toMatch(/0\.0\.0\.0:\d+, which is no address to open; set publicUrl/);
    expect((await fetch(dashboard.url)).headers.get("strict-transport-security")).toBeNull();
    await dashboard.writeSettings({
      auth,
      listen: `0.0.0.0:${dashboard.port}`,
      publicUrl: "https://memfleet.example.net",
    });
    await expect.poll(async () => (await share()).status).toBe(201);
    for (const path of ["/sign-in", "/api/v1/fleet", "/metrics"]) {
      const { headers } = await fetch(`${dashboard.url}${path}`);
      expect([path, headers.get("strict-transport-security")]).toEqual([path, "max-age=31536000"]);
    }
  } finally {
    await dashboard.end();
    await dashboard.writeSettings({});
    await dashboard.startAgain();
  }
});

test("a history that cannot be written is in the body of /-/ready, in /metrics and on the page, and takes nothing away", async ({
  page,
}) => {
  const file = join(dashboard.dataDir, "history.db");
  await dashboard.end();
  await rm(file, { force: true });
  // SQLite cannot open a folder.
  await mkdir(file);
  await dashboard.startAgain();
  try {
    const ready = await fetch(`${dashboard.url}/-/ready`);
    expect(ready.status).toBe(200);
    expect(await ready.text()).toMatch(/^ready\nhistory: .+\n/);
    expect(await (await fetch(`${dashboard.url}/metrics`)).text()).toMatch(/^memfleet_history_writable 0$/m);
    await page.goto(dashboard.url);
    await expect(page.getByText("History isn’t being saved.")).toBeVisible();
    await expect(page.getByRole("row").filter({ hasText: plain.endpoint.id })).toHaveCount(1);
  } finally {
    await dashboard.end();
    await rm(file, { recursive: true, force: true });
    await dashboard.startAgain();
  }
});
