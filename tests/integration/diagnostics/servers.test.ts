/** Expected against found, over real servers. */
import type { Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Check } from "@/lib/diagnostics/contract";
import { REGISTRY } from "@/lib/diagnostics/registry";
import { figuresOf } from "@/tests/diagnostics/finding-figures";
import { startFakeServer } from "@/tests/doubles/fake-server";
import { freePort } from "../../servers/free-port";
import { type MemcachedOptions, type MemcachedServer, startMemcached } from "../../servers/memcached";
import { diagnose } from "../../servers/probe-target";

const servers: MemcachedServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function start(options: MemcachedOptions): Promise<MemcachedServer> {
  const server = await startMemcached(options);
  servers.push(server);
  return server;
}

interface Row {
  readonly of: string;
  readonly options: MemcachedOptions;
  /** Replaces the values of `options`. */
  readonly restartWith?: (port: string) => readonly string[];
  /** `severity verdict` by the name of the check. */
  readonly expected: Readonly<Record<string, string>>;
}

const USER = process.getuid?.() === 0 ? ["-u", "root"] : [];

const ROWS: readonly Row[] = [
  {
    of: "loopback, with the defaults",
    options: { mode: "plain" },
    expected: {
      "listens:loopback": "ok pass",
      "udp-answers": "ok refused",
      "sign-in-needed": "info fail",
      "version-floor": "warning fail",
      "memory-default": "info fail",
      verbosity: "ok pass",
      "shutdown-command": "ok pass",
      "flush-enabled": "info fail",
      "dump-enabled": "info fail",
      "idle-timeout": "info fail",
      maxconns: "ok pass",
      "clock-skew": "ok pass",
      drift: "ok not-applicable",
      options: "ok pass",
      evictions: "ok pass",
      "out-of-memory": "ok pass",
      "connections-use": "ok pass",
      "listener-disabled": "ok pass",
      slow: "ok pass",
      restarts: "ok pass",
      "round-trip": "ok pass",
    },
  },
  {
    of: "all interfaces",
    options: { mode: "plain" },
    restartWith: (port) => ["-p", port, "-U", "0", ...USER],
    expected: {
      "listens:all": "warning fail",
      "sign-in-needed": "critical fail",
      "udp-answers": "ok refused",
    },
  },
  {
    of: "-S",
    options: { mode: "sasl" },
    expected: {
      "sign-in-needed": "ok pass",
      "credentials-work": "ok pass",
      "listens:loopback": "ok pass",
      "advisory:cve-2026-47783": "warning fail",
      "round-trip": "ok pass",
    },
  },
  {
    of: "-Y",
    options: { mode: "authfile" },
    expected: {
      "sign-in-needed": "ok pass",
      "credentials-work": "ok pass",
      "advisory:authfile-switched-off-by-listener-prefix": "warning fail",
      "advisory:cve-2026-47783": "ok not-applicable",
    },
  },
  { of: "-Z", options: { mode: "tls" }, expected: { "tls-offered": "ok pass", "round-trip": "ok pass" } },
  { of: "-F", options: { mode: "plain", args: ["-F"] }, expected: { "flush-enabled": "ok pass" } },
  {
    of: "-X",
    options: { mode: "plain", args: ["-X"] },
    expected: { "dump-enabled": "ok pass", "advisory:dump-buffer-overflow": "ok not-applicable" },
  },
  { of: "-A", options: { mode: "plain", args: ["-A"] }, expected: { "shutdown-command": "warning fail" } },
  { of: "-vv", options: { mode: "plain", args: ["-vv"] }, expected: { verbosity: "warning fail" } },
  {
    of: "-M and no LRU maintainer",
    options: { mode: "plain", args: ["-M", "-o", "no_lru_maintainer,no_lru_crawler"] },
    expected: { options: "info fail" },
  },
  {
    of: "a limit of its own",
    options: { mode: "plain", memoryMb: 100, args: ["-o", "idle_timeout=300"] },
    expected: { "memory-default": "ok pass", "idle-timeout": "ok pass" },
  },
  {
    of: "a unix socket",
    options: { mode: "unix" },
    expected: { "listens:unix": "ok pass", "round-trip": "ok pass" },
  },
];

describe("diagnosing a real server", () => {
  it.each(ROWS)("reports $of correctly", async ({ options, restartWith, expected }) => {
    const server = await start(options);
    if (restartWith) await server.restart(restartWith(portOf(server)));
    const found = await diagnose(server.endpoint, REGISTRY);
    expect(beyondTheList([...found.values()])).toEqual([]);
    const verdicts = Object.fromEntries(
      Object.keys(expected).map((name) => {
        const check = found.get(name);
        return [name, check === undefined ? "not checked" : `${check.severity} ${check.verdict}`];
      }),
    );
    expect(verdicts).toEqual(expected);
  });

  it("detects UDP that is open on loopback, and its amplification", async () => {
    const port = await freePort();
    const server = await start({ mode: "plain", port, args: ["-U", String(port)] });
    const found = await diagnose(server.endpoint, REGISTRY, { udpPayload: "stats" });
    expect(beyondTheList([...found.values()])).toEqual([]);
    expect(found.get("udp-answers")).toMatchObject({ severity: "warning", verdict: "open" });
    expect(found.get("advisory:cve-2018-1000115")).toBeUndefined();
  });

  it("has no warning for a hardened node except its version", async () => {
    const server = await start({
      mode: "authfile",
      memoryMb: 128,
      args: ["-F", "-X", "-o", "idle_timeout=600", "-c", "2048"],
    });
    const found = await diagnose(server.endpoint, REGISTRY);
    const loud = [...found.values()].filter(
      ({ severity }) => severity === "warning" || severity === "critical",
    );
    const others = loud.filter(({ check }) => !/^(version-floor|advisory:)/.test(check));
    expect(others.map(({ check, title }) => `${check}: ${title}`)).toEqual([]);
    expect(loud.map(({ check }) => check).sort()).toEqual([
      "advisory:authfile-switched-off-by-listener-prefix",
      "advisory:fixes-after-1-6-44",
      "advisory:security-release",
      "version-floor",
    ]);
  });

  it("treats the stat names of a hostile node as data", async () => {
    const names = [
      "__proto__",
      "constructor",
      "toString",
      "items:__proto__:evicted",
      "items:1:evicted",
      "maxbytes",
    ];
    const lines = names.map((name) => `STAT ${name} <script>alert(1)</script>\u202e${"9".repeat(40)}\r\n`);
    const hostile = `STAT pid 1\r\nSTAT uptime 1\r\nSTAT time 99999999999999999999\r\n${lines.join("")}END\r\n`;
    const say = (text: string) => (socket: Socket) => void socket.write(text);
    const fake = await startFakeServer({
      version: say("VERSION 1.6.18\u0007<b>\r\n"),
      stats: say(hostile.replace("END", "STAT version 1.6.18<b>\u0007\r\nEND")),
      "stats settings": say(hostile),
      "stats items": say(hostile),
      "stats conns": say(hostile),
    });
    const mine = REGISTRY.filter(({ name }) =>
      ["advisories", "settings", "health", "listeners"].includes(name),
    );
    const found = await diagnose(fake.endpoint, mine);
    await fake.close();
    expect(found.get("clock-skew")?.verdict).toBe("unknown");
    expect(found.get("memory-default")?.verdict).toBe("unknown");
    expect(found.get("version-floor")?.verdict).toBe("fail");
    for (const { title, evidence } of found.values()) {
      expect(`${title} ${JSON.stringify(evidence)}`).not.toMatch(/\u202e|\\u0007/);
      expect(title).toMatch(/^[ -~]*$/);
    }
  });

  it("is unknown for a stopped server", async () => {
    const server = await start({ mode: "plain" });
    await server.kill();
    for (const probe of REGISTRY.filter(({ name }) => name === "settings" || name === "health")) {
      await expect(diagnose(server.endpoint, [probe])).rejects.toThrow();
    }
  });
});

/** Checks and verdicts that `FINDING_FIGURES` does not know, or that lack a figure it names. */
function beyondTheList(checks: readonly Check[]): string[] {
  return checks.flatMap(({ check, verdict, figures = {} }) => {
    if (verdict === "unknown") return [];
    const names = figuresOf(check, verdict);
    if (names === null) return [`${check} ${verdict}`];
    return names.filter((name) => !Object.hasOwn(figures, name)).map((name) => `${check} ${verdict} ${name}`);
  });
}

function portOf({ endpoint: { address } }: MemcachedServer): string {
  if (address.kind !== "tcp") throw new Error("it listens on a unix socket");
  return String(address.port);
}
