import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import type { Fleet } from "@/lib/model/fleet.schema";
import { freePort } from "../servers/free-port";
import { startMemcached } from "../servers/memcached";
import { startDashboard } from "./dashboard";

const LAUNCHER = join(import.meta.dirname, "..", "..", "bin", "memfleet.mjs");

async function fleetOf(url: string): Promise<Fleet> {
  return (await (await fetch(`${url}/api/v1/fleet`)).json()) as Fleet;
}

test("without nodes the page explains how to start", async ({ page }) => {
  const dashboard = await startDashboard([]);
  try {
    await page.goto(dashboard.url);
    await expect(page.getByRole("main")).toContainText("No nodes yet");
    await expect(page.getByRole("main")).toContainText("memfleet.yaml");
    await expect(page.getByRole("main")).toContainText("MEMCACHED_SERVERS");
  } finally {
    await dashboard.stop();
  }
});

test("edits apply without a restart; an invalid one keeps the last valid configuration and shows a banner", async ({
  page,
}) => {
  const [first, second] = await Promise.all([
    startMemcached({ mode: "plain" }),
    startMemcached({ mode: "plain" }),
  ]);
  const dashboard = await startDashboard([{ name: "one", servers: [first.endpoint.id] }]);
  try {
    await page.goto(dashboard.url);
    await expect(page.getByRole("row").filter({ hasText: first.endpoint.id })).toHaveCount(1);
    await dashboard.writePools([{ name: "one", servers: [first.endpoint.id, second.endpoint.id] }]);
    await expect(page.getByRole("row").filter({ hasText: second.endpoint.id })).toHaveCount(1);
    await dashboard.writeConfiguration("pools: [{ name: one, serverz: [] }]\n");
    await expect(page.getByText("New configuration rejected.")).toBeVisible();
    await expect(page.getByText(/serverz/)).toBeVisible();
    expect((await fleetOf(dashboard.url)).nodes).toHaveLength(2);
    await dashboard.writePools([{ name: "one", servers: [second.endpoint.id] }]);
    await expect(page.getByText("New configuration rejected.")).toBeHidden();
    await expect(page.getByRole("row").filter({ hasText: first.endpoint.id })).toHaveCount(0);
  } finally {
    await dashboard.stop();
    await Promise.all([first.stop(), second.stop()]);
  }
});

async function refusal(
  configuration: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; output: string }> {
  const directory = await mkdtemp(join(tmpdir(), "memfleet-refusal-"));
  await writeFile(join(directory, "memfleet.yaml"), configuration);
  const env: NodeJS.ProcessEnv = { ...process.env, ...variables };
  Reflect.deleteProperty(env, "NODE_ENV");
  const child = spawn(process.execPath, [LAUNCHER, "start"], {
    cwd: directory,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const [code] = (await once(child, "exit")) as [number | null];
  await rm(directory, { recursive: true, force: true });
  return { code, output };
}

test("an invalid configuration aborts the start with file, line, path, found and allowed", async () => {
  const port = await freePort();
  const { code, output } = await refusal(
    `listen: 127.0.0.1:${port}\npools:\n  - name: one\n    servers: ["127.0.0.1:70000"]\n    colour: red\n`,
  );
  expect(code).toBe(1);
  expect(output).toMatch(/memfleet\.yaml:4: pools\[0\]\.servers\[0\]: found .*70000.*, allowed /);
  expect(output).toMatch(/memfleet\.yaml:5: pools\[0\].*colour.*allowed /);
});

test("what is wrong with the configuration is reported when the port is in use, too, and without the framework's banner", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const listen = `127.0.0.1:${(taken.address() as AddressInfo).port}`;
  // The default port is used while the file cannot be read.
  const standIn = createServer().on("error", () => {});
  standIn.listen(3000, "127.0.0.1");
  try {
    const cases: [string, Record<string, string>, RegExp][] = [
      [`listen: ${listen}\nreadOnly: maybe\n`, {}, /memfleet\.yaml:2: readOnly: found "maybe"/],
      ["pools: [\n", {}, /memfleet\.yaml:\d+: found invalid YAML/],
      ["", { MEMFLEET_CONFIG: "missing.yaml" }, /missing\.yaml: MEMFLEET_CONFIG: found no such file/],
      [
        `listen: ${listen}\n`,
        { MEMFLEET_LISTN: "x" },
        /MEMFLEET_LISTN: found an unknown variable.*MEMFLEET_LISTEN/,
      ],
      [`listen: ${listen}\n`, {}, /is already in use\. Set MEMFLEET_LISTEN/],
    ];
    for (const [configuration, variables, reason] of cases) {
      const { code, output } = await refusal(configuration, variables);
      expect([configuration, code]).toEqual([configuration, 1]);
      expect(output).toMatch(reason);
      expect(output).not.toMatch(/Next\.js|Ready in/);
    }
  } finally {
    taken.close();
    standIn.close();
  }
});

test("an address beyond loopback is refused", async () => {
  const { code, output } = await refusal("listen: 0.0.0.0:3999\n");
  expect(code).toBe(1);
  expect(output).toMatch(/memfleet\.yaml:1: listen: found .*0\.0\.0\.0:3999/);
});

/** When the history has something of a node, in the last five minutes. */
async function observedAt(url: string, node: string): Promise<number[]> {
  const query = `metric=curr_connections&node=${encodeURIComponent(node)}&from=now-5m&points=300`;
  const reply = (await (await fetch(`${url}/api/v1/series?${query}`)).json()) as {
    series: { values: (number | null)[] }[];
    atMs: number[];
  };
  return reply.atMs.filter((_, index) => reply.series[0]?.values[index] !== null);
}

test("SIGTERM stops it cleanly with open streams, exit code 0, and the history is complete afterwards", async () => {
  const server = await startMemcached({ mode: "plain" });
  const dashboard = await startDashboard([{ name: "one", servers: [server.endpoint.id] }]);
  try {
    const stream = await fetch(`${dashboard.url}/api/v1/events`);
    const reading = stream.text().catch(() => "");
    const observed = () => observedAt(dashboard.url, server.endpoint.id);
    await expect.poll(async () => (await observed()).length).toBeGreaterThanOrEqual(2);
    const before = await observed();
    expect(await dashboard.end()).toBe(0);
    await reading;
    await dashboard.startAgain();
    expect(await observed()).toEqual(expect.arrayContaining(before));
  } finally {
    await dashboard.stop();
    await server.stop();
  }
});

test("kill -9 loses at most the current interval", async () => {
  const server = await startMemcached({ mode: "plain" });
  const dashboard = await startDashboard([{ name: "one", servers: [server.endpoint.id] }]);
  try {
    const observed = () => observedAt(dashboard.url, server.endpoint.id);
    await expect.poll(async () => (await observed()).length).toBeGreaterThanOrEqual(5);
    const before = await observed();
    await dashboard.crash();
    await dashboard.startAgain();
    const after = new Set(await observed());
    expect(before.slice(0, -1).filter((at) => !after.has(at))).toEqual([]);
  } finally {
    await dashboard.stop();
    await server.stop();
  }
});
