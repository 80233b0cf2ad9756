/**
 * Start-up options read back from a server's settings, and a second server started with what was written: by bash
 * as systemd reads the sysconfig file, by Debian's own wrapper, and by words. Both have to tell the same settings.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseUpstreamVersion } from "@/lib/diagnostics/probes/advisories/upstream-version";
import { containers } from "@/lib/diagnostics/remedies/start-up/containers";
import {
  debianConf,
  startUpChange,
  sysconfig,
  systemdOverride,
} from "@/lib/diagnostics/remedies/start-up/files";
import { argumentsOf, startUpOf } from "@/lib/diagnostics/remedies/start-up/options";
import { freePort } from "../../servers/free-port";
import { independentStats } from "../../servers/independent-stats";
import { type MemcachedMode, type MemcachedServer, startMemcached } from "../../servers/memcached";

const run = promisify(execFile);
const AS_ROOT = process.getuid?.() === 0 ? ["-u", "root"] : [];

let directory: string;
const servers: MemcachedServer[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "memfleet-startup-"));
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    // Whatever is in it may go at once.
    await server.kill();
    await server.stop();
  }
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function start(mode: MemcachedMode, args: readonly string[]): Promise<MemcachedServer> {
  const server = await startMemcached({ mode, args });
  servers.push(server);
  return server;
}

/** Without what no option gives: when it was flushed last. */
async function statsOf(server: MemcachedServer, group = "settings"): Promise<Map<string, string>> {
  const protocol = server.endpoint.credentials?.kind === "sasl" ? "binary" : "text";
  const stats = await independentStats(server.endpoint, protocol, group);
  stats.delete("oldest");
  return stats;
}

interface Row {
  readonly of: string;
  readonly mode?: MemcachedMode;
  readonly args: readonly string[];
  /** With UDP on, at a free port. */
  readonly udp?: boolean;
  /** Words that have to be among the options read back. */
  readonly words?: readonly string[];
}

const ROWS: readonly Row[] = [
  { of: "the defaults", args: [] },
  { of: "-m and -c", args: ["-m", "100", "-c", "2048"], words: ["-m", "100", "-c", "2048"] },
  { of: "several addresses", args: ["-l", "127.0.0.2", "-l", "127.0.0.3"], words: ["-l"] },
  { of: "IPv6", args: ["-l", "::1"], words: ["-l"] },
  { of: "IPv6 in brackets", args: ["-l", "[::1]"], words: ["-l"] },
  { of: "UDP", args: [], udp: true, words: ["-U"] },
  { of: "-F -X -A", args: ["-F", "-X", "-A"], words: ["-F", "-X", "-A"] },
  { of: "-M -C", args: ["-M", "-C"], words: ["-M", "-C"] },
  { of: "-I", args: ["-I", "2m"], words: ["-I", "2m"] },
  { of: "-I in no round figure", args: ["-I", "524288"], words: ["-I", "512k"] },
  { of: "-t -R -b -n -f", args: ["-t", "3", "-R", "5", "-b", "64", "-n", "100", "-f", "1.50"] },
  { of: "-vv", args: ["-vv"], words: ["-vv"] },
  { of: "-D", args: ["-D", "/"], words: ["-D", "/"] },
  { of: "idle_timeout and friends", args: ["-o", "idle_timeout=30,track_sizes,temporary_ttl=30"] },
  { of: "the defaults of 1.4", args: ["-o", "no_modern"], words: ["-o"] },
  { of: "no threads of its own", args: ["-o", "no_lru_maintainer,no_lru_crawler,no_slab_reassign"] },
  { of: "slab moving", args: ["-o", "slab_automove=2,slab_automove_ratio=0.50,slab_automove_window=10"] },
  {
    of: "crawler and LRU",
    args: ["-o", "lru_crawler_sleep=5,lru_crawler_tocrawl=7,hot_lru_pct=10,warm_lru_pct=15"],
  },
  { of: "LRU factors", args: ["-o", "hot_max_factor=0.5,warm_max_factor=3,slab_automove_freeratio=0.05"] },
  { of: "buffers", args: ["-o", "watcher_logbuf_size=512,worker_logbuf_size=128,read_buf_mem_limit=20"] },
  { of: "the hash table", args: ["-o", "hashpower=18,hash_algorithm=xxh3,tail_repair_time=100"] },
  { of: "slow refusals and small chunks", args: ["-o", "no_maxconns_fast,slab_chunk_max=262144"] },
  { of: "text only", mode: "ascii", args: [], words: ["-B", "ascii"] },
  { of: "SASL", mode: "sasl", args: ["-F"], words: ["-S", "-F"] },
  { of: "SASL beside -U 0", mode: "sasl", args: ["-U", "0"], words: ["-S"] },
  { of: "an authfile", mode: "authfile", args: ["-X"], words: ["-Y", "-X"] },
  { of: "TLS", mode: "tls", args: [], words: ["-Z"] },
  {
    of: "TLS with client certificates wished",
    mode: "tls",
    args: ["-o", "ssl_verify_mode=1,ssl_min_version=3"],
  },
  { of: "a unix socket", mode: "unix", args: ["-a", "0770"], words: ["-s", "-a", "770"] },
];

const textOf = (remedy: { readonly text: string } | null | undefined) => remedy?.text ?? "";

/** As systemd does: the variables by name, `OPTIONS` split at blanks. */
async function wordsOfSysconfig(text: string): Promise<string[]> {
  const path = join(directory, "sysconfig");
  await writeFile(path, text);
  const line = '. "$1"; set -f; printf "%s\\n" -p "$PORT" -m "$CACHESIZE" -c "$MAXCONN" $OPTIONS';
  const { stdout } = await run("bash", ["-euc", line, "bash", path]);
  return stdout.trimEnd().split("\n");
}

/** What Debian's wrapper starts, with the program replaced by one that prints its words. */
async function wordsOfDebian(text: string): Promise<string[] | null> {
  const wrapper = "/usr/share/memcached/scripts/systemd-memcached-wrapper";
  if (!existsSync(wrapper)) return null;
  const [conf, own, printer] = ["memcached.conf", "wrapper", "printer"].map((name) => join(directory, name));
  if (conf === undefined || own === undefined || printer === undefined) throw new Error("no paths");
  await writeFile(conf, text);
  await writeFile(printer, '#!/bin/sh\nprintf "%s\\n" "$@"\n');
  await chmod(printer, 0o755);
  const script = (await readFile(wrapper, "utf8"))
    .replace('"/usr/bin/memcached"', `"${printer}"`)
    .replace("$> != 0 and $< != 0", "0");
  await writeFile(own, script);
  const { stdout } = await run("perl", [own, conf]);
  return stdout.trimEnd().split("\n");
}

describe("options read back from a running server", () => {
  it.each(ROWS)("give the same settings when they are used again: $of", async (row) => {
    const udp = row.udp ? ["-U", String(await freePort())] : [];
    const original = await start(row.mode ?? "plain", [...row.args, ...udp]);
    const [settings, general] = [await statsOf(original), await statsOf(original, "")];
    const version = parseUpstreamVersion(general.get("version") ?? null);
    const words = argumentsOf(startUpOf(settings, general, version).options);
    for (const word of row.words ?? []) expect(words).toContain(word);
    const facts = { settings, general, version };
    const change = startUpChange(facts, []);
    const written = await wordsOfSysconfig(textOf(sysconfig(change)));
    expect([...written].sort()).toEqual([...words].sort());
    await original.kill();
    await original.restart([...written, ...AS_ROOT]);
    expect(await statsOf(original)).toEqual(settings);
    const debian = await wordsOfDebian(textOf(debianConf(change)));
    if (debian !== null) {
      const bare = without(debian, "-u", "-P");
      expect([...bare].sort()).toEqual([...words].sort());
    }
    const unit = /^ExecStart=\/usr\/bin\/memcached -u memcached (.*)$/m.exec(textOf(systemdOverride(change)));
    expect(unit?.[1]?.replaceAll("%%", "%").split(" ")).toEqual(words);
  });

  it("contain what no server reports: the path of extstore", async () => {
    const path = join(directory, "extstore");
    const original = await start("plain", ["-o", `ext_path=${path}:64m,ext_item_size=1000,ext_drop_unread`]);
    const [settings, general] = [await statsOf(original), await statsOf(original, "")];
    const startUp = startUpOf(settings, general, parseUpstreamVersion("1.6.18"));
    expect(startUp.notes.join("\n")).toContain("EXT_PATH:SIZE");
    const words = argumentsOf(startUp.options).map((word) => word.replace("EXT_PATH:SIZE", `${path}:64m`));
    await original.kill();
    await original.restart([...words, ...AS_ROOT]);
    expect(await statsOf(original)).toEqual(settings);
  });

  it("disable UDP explicitly where the version enables it by default", () => {
    const settings = new Map([["udpport", "0"]]);
    const options = (version: string) =>
      argumentsOf(startUpOf(settings, null, parseUpstreamVersion(version)).options).join(" ");
    expect(options("1.4.25")).toBe("-U 0");
    expect(options("1.5.5")).toBe("-U 0");
    expect(options("1.5.6")).toBe("");
    expect(options("1.6.45")).toBe("");
  });

  it.each(["1.4.25", "1.5.5", "1.6.9", "1.6.18"])("of a captured %s are few", async (version) => {
    const capture = await readFile(
      new URL(`../../fixtures/captures/${version}/stats-settings.txt`, import.meta.url),
      "utf8",
    );
    const settings = new Map(
      [...capture.matchAll(/^STAT (\S+) (.*)\r$/gm)].map(([, name, value]) => [name ?? "", value ?? ""]),
    );
    const { options } = startUpOf(settings, null, parseUpstreamVersion(version));
    // What these servers were started with, by their README and their replies.
    const expected: Record<string, string> = {
      "1.4.25":
        "-m 64 -p 21002 -l 127.0.0.1 -c 1024 -U 0 -t 2 -o slab_reassign,slab_automove=1,lru_crawler,lru_maintainer",
      "1.5.5": "-m 64 -p 21003 -l 127.0.0.1 -c 1024 -U 0 -t 2",
      "1.6.9": "-m 64 -p 21005 -l 127.0.0.1 -c 1024 -t 2",
      "1.6.18": "-m 64 -p 21006 -l 127.0.0.1 -c 1024 -t 2",
    };
    expect(argumentsOf(options).join(" ")).toBe(expected[version]);
  });
});

describe("containers", () => {
  it("publish on the addresses of -l, and pass memcached the other options", async () => {
    const port = await freePort();
    const settings = new Map([
      ...[
        ["maxbytes", "67108864"],
        ["maxconns", "1024"],
        ["tcpport", String(port)],
        ["udpport", "0"],
      ],
      ...[
        ["inter", "127.0.0.1,[fd00::5]:11212,10.0.0.5"],
        ["flush_enabled", "no"],
      ],
    ] as [string, string][]);
    const version = parseUpstreamVersion("1.6.18");
    const [docker, compose, kubernetes] = containers(
      startUpChange({ settings, general: null, version }, []),
      version,
    );
    const published = ["127.0.0.1", "[fd00::5]", "10.0.0.5"].map((host) => `${host}:${port}:${port}/tcp`);
    const given = ["-m", "64", "-p", String(port), "-c", "1024", "-F"];
    const script = `docker() { printf '%s\\n' "$@"; }\n${textOf(docker)}`;
    const { stdout } = await run("bash", ["-euc", script]);
    const words = stdout.trimEnd().split("\n");
    expect(words.filter((_, index) => words[index - 1] === "-p").slice(0, 3)).toEqual(published);
    expect(words.slice(words.indexOf("memcached:1.6.18"))).toEqual([
      "memcached:1.6.18",
      "memcached",
      ...given,
    ]);
    const service = parse(textOf(compose)).services.memcached;
    expect(service).toMatchObject({
      image: "memcached:1.6.18",
      command: ["memcached", ...given],
      ports: published,
    });
    expect(parse(textOf(kubernetes)).containers[0]).toMatchObject({
      args: given,
      ports: [{ containerPort: port, protocol: "TCP" }],
    });
  });
});

function without(words: readonly string[], ...options: string[]): string[] {
  return words.filter((word, at) => !options.includes(word) && !options.includes(words[at - 1] ?? ""));
}
