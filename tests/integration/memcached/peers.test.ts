/** The same server, read by the tools of libmemcached and by Memfleet. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import type { Target } from "@/lib/actions/contract";
import { loadTest } from "@/lib/actions/load/test";
import { ERROR_CODES, lookUpError } from "@/lib/catalogue/error-codes";
import { emptyValues, STATS } from "@/lib/catalogue/stats";
import { pingNode } from "@/lib/memcached/inspect/ping";
import { ACTION_INPUTS } from "@/lib/model/actions/action.schema";
import { independentStats } from "../../servers/independent-stats";
import { type MemcachedOptions, type MemcachedServer, startMemcached } from "../../servers/memcached";
import { rawText } from "../../servers/raw-text";
import { runContext, targetOf } from "../../servers/target";

const CONTEXT = runContext();

const servers: MemcachedServer[] = [];
const targets: Target[] = [];

async function start(options: MemcachedOptions): Promise<{ server: MemcachedServer; target: Target }> {
  const server = await startMemcached(options);
  const target = targetOf(server.endpoint);
  servers.push(server);
  targets.push(target);
  return { server, target };
}

afterEach(async () => {
  for (const { client } of targets.splice(0)) client.close();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** A tool's exit code and what it printed; it is ended after 60 s. */
async function run(tool: string, args: readonly string[]): Promise<{ code: number | null; text: string }> {
  const child = spawn(tool, args, { stdio: ["ignore", "pipe", "pipe"], timeout: 60_000 });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  const [code] = (await once(child, "close")) as [number | null];
  return { code, text };
}

/** Options with which the tools reach a node over TCP. */
function reaching({ address, credentials }: MemcachedServer["endpoint"]): string[] {
  if (address.kind !== "tcp") throw new Error("the tools are used over TCP");
  const signIn = credentials
    ? [`--username=${credentials.username}`, `--password=${credentials.password}`]
    : [];
  return [`--servers=${address.host}:${address.port}`, ...signIn];
}

describe.each(["plain", "sasl"] as const)("a node of kind %s", (mode) => {
  const protocol = mode === "sasl" ? "binary" : "text";
  const binary = mode === "sasl" ? ["--binary"] : [];
  const ping = { count: 3, intervalMs: 20 };

  it("responds to memcping when it responds to Memfleet, and to neither after it has stopped", async () => {
    const { server, target } = await start({ mode });
    const args = reaching(server.endpoint);
    const pingBoth = async () => {
      const [theirs, ours] = [
        await run("memcping", args),
        await pingNode(target.client, ping, CONTEXT.signal, () => undefined),
      ];
      return { theirs: theirs.code === 0, ours: ours.answered };
    };
    expect(await pingBoth()).toEqual({ theirs: true, ours: 3 });
    await server.kill();
    expect(await pingBoth()).toEqual({ theirs: false, ours: 0 });
  });

  it("counts memcslap's and Memfleet's sets exactly", async () => {
    const { server, target } = await start({ mode });
    const sets = async () => Number((await independentStats(server.endpoint, protocol)).get("cmd_set"));
    const slap = ["--test=set", "--execute-number=500", "--concurrency=1", ...binary];
    expect((await run("memcslap", [...reaching(server.endpoint), ...slap])).code).toBe(0);
    const theirs = await sets();
    expect(theirs).toBeGreaterThanOrEqual(500);
    const plan = ACTION_INPUTS.load_test.parse({
      seconds: 1,
      operationsPerSecond: 500,
      setShare: 1,
      keys: 100,
    });
    const { verified, after } = await loadTest.run(target, plan, CONTEXT);
    expect(verified).toBe(true);
    expect((await sets()) - theirs).toBe(after?.sets);
    expect(after?.nodeSets).toBe(after?.sets);
    // Those of memcslap are still there; ours are not.
    const left = Number((await independentStats(server.endpoint, protocol)).get("curr_items"));
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(theirs);
  });

  it("reports the same to memcstat and to Memfleet", async () => {
    const { server, target } = await start({ mode });
    const { text } = await run("memcstat", [...reaching(server.endpoint), ...binary]);
    const theirs = new Map(
      [...text.matchAll(/^\s+(\S+): (.*)$/gm)].map(([, name = "", value = ""]) => [name, value]),
    );
    const values = emptyValues();
    await target.client.poll(values);
    for (const name of ["pid", "limit_maxbytes", "max_connections", "curr_items", "threads", "hash_bytes"]) {
      const slot = STATS.findIndex((stat) => stat.name === name);
      expect([name, values[slot]]).toEqual([name, Number(theirs.get(name))]);
    }
  });
});

describe("what errors mean", () => {
  it("every code of memcerror is in the table with its text, and no other", async () => {
    const ours = ERROR_CODES.filter(({ family }) => family === "libmemcached");
    expect(ours.map(({ code }) => code)).toEqual(
      Array.from({ length: ours.length }, (_, code) => String(code)),
    );
    for (const { code, says } of ours) {
      expect([code, (await run("memcerror", [code])).text.trim()]).toEqual([code, says]);
    }
    expect((await run("memcerror", [String(ours.length)])).text).toContain("INVALID");
  });

  it("refusals of a real node are recognised by more than their first word", async () => {
    const { server } = await start({ mode: "plain", args: ["-F", "-X", "-W", "-o", "no_slab_reassign"] });
    const large = "x".repeat(1_100_000);
    const requests = [
      "flush_all",
      "lru_crawler metadump all",
      "watch fetchers",
      "slabs reassign 1 2",
      "incr text 1",
      "incr text abc",
      "touch text abc",
      "set text 0 0",
      `set big 0 0 ${large.length}\r\n${large}`,
      "cache_memlimit 2",
      "ma text Dx",
      `get ${"k".repeat(251)}`,
      "slabs reassign 1",
      "no such command",
    ];
    await rawText(server.endpoint, "set text 0 0 1\r\nx\r\n", ["STORED\r\n"]);
    const known: Record<string, string | undefined> = {};
    for (const request of requests) {
      const reply = (await rawText(server.endpoint, `${request}\r\n`, ["\r\n"])).split("\r\n")[0] ?? "";
      known[reply] = lookUpError(reply)[0]?.code;
    }
    for (const [reply, code] of Object.entries(known)) {
      expect(code, reply).toBeDefined();
      expect(["CLIENT_ERROR", "SERVER_ERROR"], reply).not.toContain(code);
      if (reply !== "ERROR") expect(code, reply).not.toBe("ERROR");
    }
    expect(Object.keys(known).length).toBeGreaterThanOrEqual(9);
  });
});
