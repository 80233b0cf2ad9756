import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  addressOf,
  isFree,
  listenProblem,
  nextFreePort,
  parseAddress,
  resolveListen,
} from "@/bin/server/listen.mjs";
import { fingerprintOf, isBuilt } from "@/bin/setup/build.mjs";
import { isInstalled } from "@/bin/setup/dependencies.mjs";
import { readAdvisories } from "@/bin/test/advisories.mjs";
import {
  countPlaywright,
  countSecondTry,
  countVitest,
  failedFiles,
  missingFiles,
} from "@/bin/test/counts.mjs";
import { isPassword } from "@/lib/access/password";
import { type PasswordHash, parsePasswordHash } from "@/lib/model/password-hash";

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "memfleet-launcher-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A zombie has exited; only its parent has not reaped it yet.
  const state = existsSync("/proc") ? readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.[0] : "R";
  return state !== "Z";
}

/** Runs a script that imports parts of the launcher; gives the process and what it prints. */
function runScript(source: string): {
  child: ChildProcess;
  printed: () => string;
  ended: Promise<number | null>;
} {
  const file = at(`script-${children.length}.mjs`);
  writeFileSync(file, source.replaceAll("@/bin/", pathToFileURL(join(process.cwd(), "bin/")).href));
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  let text = "";
  child.stdout?.on("data", (chunk) => {
    text += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    text += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, printed: () => text, ended };
}

async function until(what: () => void): Promise<void> {
  await vi.waitFor(what, { timeout: 20_000, interval: 50 });
}

describe("where to listen", () => {
  test.each([
    ["127.0.0.1:4000", { host: "127.0.0.1", port: 4000 }],
    ["localhost", { host: "localhost", port: 3000 }],
    ["[::1]:4000", { host: "::1", port: 4000 }],
    ["127.9.9.9:1", { host: "127.9.9.9", port: 1 }],
  ])("%s is taken as it is", (text, listen) => {
    expect(parseAddress(text)).toEqual(listen);
  });

  test.each(["3000", ":3000", "localhost:0", "localhost:70000", 3000, null])(
    "%s is not listened on: the server reports why and refuses",
    async (text) => {
      expect(parseAddress(text)).toBeNull();
      writeFileSync(at("memfleet.yaml"), JSON.stringify({ listen: text }));
      expect(await resolveListen({}, folder)).toEqual({ host: "127.0.0.1", port: 3000 });
    },
  );

  test.each(["0.0.0.0:3000", "[::]:3000", "10.0.0.1:3000", "cache.test:3000"])(
    "%s is listened on only where the file has a sign-in",
    async (listen) => {
      for (const auth of [undefined, {}, { users: [] }, { trustedProxies: ["10.0.0.0/8"] }]) {
        writeFileSync(at("memfleet.yaml"), JSON.stringify({ listen, auth }));
        expect(await resolveListen({}, folder)).toEqual({ host: "127.0.0.1", port: 3000 });
        expect(await resolveListen({ MEMFLEET_LISTEN: listen }, folder)).toMatchObject({ host: "127.0.0.1" });
      }
      writeFileSync(at("memfleet.yaml"), JSON.stringify({ listen, auth: { tokens: [{ name: "ci" }] } }));
      expect(await resolveListen({}, folder)).toEqual(parseAddress(listen));
    },
  );

  test("with a sign-in and no address it is the default one", async () => {
    writeFileSync(at("memfleet.yaml"), JSON.stringify({ auth: { tokens: [{ name: "ci" }] } }));
    expect(await resolveListen({}, folder)).toEqual({ host: "127.0.0.1", port: 3000 });
  });

  test("the environment wins over the file, and the file is found from the caller's folder", async () => {
    writeFileSync(at("other.yaml"), "listen: 127.0.0.1:4001\n");
    expect(await resolveListen({ MEMFLEET_CONFIG: "other.yaml" }, folder)).toMatchObject({ port: 4001 });
    const both = { MEMFLEET_CONFIG: "other.yaml", MEMFLEET_LISTEN: "127.0.0.1:4002" };
    expect(await resolveListen(both, folder)).toMatchObject({ port: 4002 });
  });

  test("an invalid file leaves the default, and the server reports the file", async () => {
    writeFileSync(at("memfleet.yaml"), "listen: [\n");
    expect(await resolveListen({}, folder)).toEqual({ host: "127.0.0.1", port: 3000 });
  });

  test("an IPv6 address is printed in brackets", () => {
    expect(addressOf({ host: "::1", port: 3000 })).toBe("http://[::1]:3000");
  });

  test("a port in use is skipped, and the next one is found", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    expect(await isFree("127.0.0.1", port)).toBe(false);
    expect(await listenProblem("127.0.0.1", port)).toBe("is already in use");
    expect(await nextFreePort("127.0.0.1", port)).toBeGreaterThan(port);
    await new Promise((resolve) => server.close(resolve));
    expect(await isFree("127.0.0.1", port)).toBe(true);
  });
});

test("an address of another machine is not called used", async () => {
  // RFC 5737: reserved for documents.
  expect(await listenProblem("192.0.2.1", 3000)).toBe("is not an address of this machine");
});

describe("what set-up does and skips", () => {
  const WANTED = {
    "": {},
    "node_modules/a": { version: "1.0.0" },
    "node_modules/b": { version: "2.0.0", optional: true },
  };

  test.each([
    [
      "everything is there",
      { "node_modules/a": { version: "1.0.0" }, "node_modules/b": { version: "2.0.0" } },
      true,
    ],
    ["only an optional package is missing", { "node_modules/a": { version: "1.0.0" } }, true],
    ["a package is missing", { "node_modules/b": { version: "2.0.0" } }, false],
    ["a package has another version", { "node_modules/a": { version: "1.0.1" } }, false],
  ])("dependencies: %s", (_name, installed, enough) => {
    expect(isInstalled(WANTED, installed)).toBe(enough);
  });

  function makeBuilt(): void {
    for (const name of ["app", "lib", ".next/standalone"]) mkdirSync(at(name), { recursive: true });
    writeFileSync(at("app/page.tsx"), "page");
    writeFileSync(at("lib/a.ts"), "a");
    writeFileSync(at("lib/a.test.ts"), "test");
    writeFileSync(at(".next/standalone/server.js"), "server");
    writeFileSync(at(".next/memfleet-build"), fingerprintOf(folder));
  }

  test("an unchanged project is not built again, nor one whose files only have a new modification time", () => {
    makeBuilt();
    expect(isBuilt(folder)).toBe(true);
    utimesSync(at("app/page.tsx"), 1, 1);
    expect(isBuilt(folder)).toBe(true);
  });

  test.each<readonly [string, () => void]>([
    ["a changed source", () => writeFileSync(at("app/page.tsx"), "Page")],
    ["a new source", () => writeFileSync(at("lib/b.ts"), "")],
    ["a removed source", () => rmSync(at("lib/a.ts"))],
    ["a renamed source", () => renameSync(at("lib/a.ts"), at("lib/c.ts"))],
    ["a missing server", () => rmSync(at(".next/standalone/server.js"))],
    ["a build that did not finish", () => rmSync(at(".next/memfleet-build"))],
  ])("%s is a reason to build", (_name, change) => {
    makeBuilt();
    change();
    expect(isBuilt(folder)).toBe(false);
  });

  test("a changed test does not cause a build", () => {
    makeBuilt();
    writeFileSync(at("lib/a.test.ts"), "another test");
    expect(isBuilt(folder)).toBe(true);
  });
});

/** apt-get that says what it says while another one runs, and records how it is called. It installs one program. */
const BUSY_APT = `#!/bin/sh
echo "$*" >> "$FAKE/calls"
case "$*" in
  *update*)
    [ -e "$FAKE/updated" ] && exit 0
    touch "$FAKE/updated"
    echo "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 1 (apt-get)"
    exit 100 ;;
  *install*)
    [ -e "$FAKE/tried" ] || { touch "$FAKE/tried"; exit 100; }
    printf '#!/bin/sh\\n' > "$FAKE/chromium" && chmod 755 "$FAKE/chromium" ;;
esac
`;

// Installing needs root; without it the launcher only prints the line to run.
test.runIf(process.getuid?.() === 0)("set-up waits for another apt instead of failing", async () => {
  writeFileSync(at("apt-get"), BUSY_APT, { mode: 0o755 });
  for (const name of ["sh", "env", "chmod", "rm", "touch", "sleep"]) {
    symlinkSync(existsSync(`/bin/${name}`) ? `/bin/${name}` : `/usr/bin/${name}`, at(name));
  }
  const { printed, ended } = runScript(
    `process.env.PATH = process.env.FAKE = ${JSON.stringify(folder)};
     delete process.env.CHROMIUM_PATH;
     const { ensureSystemPackages } = await import("@/bin/setup/system-packages.mjs");
     await ensureSystemPackages(["chromium"], new AbortController().signal);`,
  );
  expect([await ended, printed()]).toEqual([0, expect.stringContaining("Installing chromium")]);
  const calls = readFileSync(at("calls"), "utf8").trim().split("\n");
  expect(calls.filter((call) => call.includes("update"))).toHaveLength(2);
  for (const call of calls) expect(call).toMatch(/DPkg::Lock::Timeout=[1-9]\d\d/);
});

describe("counting tests", () => {
  const report = (value: unknown, name = "report.json") => {
    writeFileSync(at(name), JSON.stringify(value));
    return at(name);
  };
  const suite = (status: string, ...tests: string[]) => ({
    status,
    assertionResults: tests.map((test) => ({ status: test })),
  });
  const file = (name: string, tests: Record<string, "passed" | "failed">) => ({
    ...suite(Object.values(tests).includes("failed") ? "failed" : "passed"),
    name,
    assertionResults: Object.entries(tests).map(([fullName, status]) => ({ fullName, status })),
  });

  test("vitest: passed and failed tests, and files that failed before their first test", () => {
    const testResults = [
      suite("passed", "passed", "passed"),
      suite("failed", "passed", "failed"),
      suite("failed"),
    ];
    expect(countVitest(report({ testResults }), 1)).toEqual({ passed: 3, failed: 2 });
  });

  test("vitest: the second run counts for files that failed, and tests that passed only then are listed", () => {
    const first = report({
      testResults: [
        file("a.test.ts", { one: "passed", two: "failed", three: "failed" }),
        file("b.test.ts", { four: "passed", five: "passed" }),
        { ...suite("failed"), name: "c.test.ts" },
      ],
    });
    expect(failedFiles(first)).toEqual(["a.test.ts", "c.test.ts"]);
    const second = report(
      {
        testResults: [
          file("a.test.ts", { one: "passed", two: "passed", three: "failed" }),
          file("c.test.ts", { six: "passed" }),
        ],
      },
      "again.json",
    );
    expect(countSecondTry(first, second, 1)).toEqual({
      passed: 5,
      failed: 1,
      again: ["a.test.ts two", "c.test.ts"],
    });
  });

  test("vitest: a second run without a report, or without one of the files, has failed", () => {
    const first = report({
      testResults: [file("a.test.ts", { one: "failed" }), file("b.test.ts", { two: "failed" })],
    });
    expect(countSecondTry(first, at("missing.json"), 1)).toEqual({ passed: 0, failed: 2, again: [] });
    const second = report({ testResults: [file("a.test.ts", { one: "passed" })] }, "again.json");
    expect(countSecondTry(first, second, 0)).toEqual({ passed: 1, failed: 1, again: ["a.test.ts one"] });
  });

  test("vitest: files whose worker did not start are named, tried again, and each counts when it is lost again", () => {
    const listed = ["a.test.ts", "b.test.ts", "c.test.ts", "d.test.ts"];
    const first = report({
      testResults: [file("a.test.ts", { one: "passed" }), file("b.test.ts", { two: "failed" })],
    });
    expect(missingFiles(first, listed)).toEqual(["c.test.ts", "d.test.ts"]);
    const retried = ["b.test.ts", "c.test.ts", "d.test.ts"];
    const second = report(
      { testResults: [file("b.test.ts", { two: "passed" }), file("c.test.ts", { three: "passed" })] },
      "again.json",
    );
    const counts = countSecondTry(first, second, 1, retried);
    expect(counts).toEqual({ passed: 3, failed: 1, again: ["b.test.ts two"] });
    expect(missingFiles(second, retried)).toEqual(["d.test.ts"]);
    expect(countSecondTry(first, at("missing.json"), 1, retried)).toMatchObject({ passed: 1, failed: 3 });
  });

  test("vitest: a worker that dies as it starts leaves its file out of the report, which is noticed", async () => {
    symlinkSync(join(process.cwd(), "node_modules"), at("node_modules"));
    for (const name of ["a", "b"]) {
      writeFileSync(at(`${name}.test.mjs`), 'import { test } from "vitest"; test("is run", () => {});');
    }
    // The first worker ends before it reports that it has started.
    writeFileSync(
      at("first-dies.mjs"),
      'import { existsSync, writeFileSync } from "node:fs";\n' +
        `const mark = ${JSON.stringify(at("mark"))};\n` +
        'if (!existsSync(mark)) { writeFileSync(mark, ""); process.exit(1); }\n',
    );
    const test = { pool: "forks", maxWorkers: 1, include: ["*.test.mjs"] };
    const execArgv = ["--import", at("first-dies.mjs")];
    writeFileSync(
      at("vitest.config.mjs"),
      `export default ${JSON.stringify({ test: { ...test, execArgv, teardownTimeout: 1_000 } })};`,
    );
    const program = join(process.cwd(), "node_modules/.bin/vitest");
    const args = ["run", "--root", folder, "--reporter=json", `--outputFile=${at("report.json")}`];
    const child = spawn(program, args, { cwd: folder, stdio: "ignore" });
    children.push(child);
    expect((await once(child, "exit"))[0]).not.toBe(0);
    const missing = missingFiles(at("report.json"), [at("a.test.mjs"), at("b.test.mjs")]);
    expect(missing).toHaveLength(1);
  }, 120_000);

  test("vitest has no more workers than there are processors", async () => {
    const { default: config } = await import("@/vitest.config");
    expect(config.test?.maxWorkers).toBeLessThanOrEqual(availableParallelism());
  });

  test("playwright: a test that passed on retry has passed", () => {
    const file = report({ stats: { expected: 4, flaky: 1, unexpected: 2, skipped: 1 } });
    expect(countPlaywright(file, 1)).toEqual({ passed: 5, failed: 2 });
  });

  test("a failed run without a failed test or without a report counts as a failure", () => {
    expect(countVitest(report({ testResults: [suite("passed", "passed")] }), 1)).toEqual({
      passed: 1,
      failed: 1,
    });
    expect(countVitest(at("missing.json"), 1)).toEqual({ passed: 0, failed: 1 });
    expect(countPlaywright(at("missing.json"), 1)).toEqual({ passed: 0, failed: 1 });
  });
});

describe("advisories", () => {
  /** npm asks this server; only the registry is stood in for, because no test can tell it what to say. */
  async function withRegistry<Result>(advisories: unknown, work: (url: string) => Promise<Result>) {
    const server = createHttpServer((request, response) => {
      request.resume().once("end", () => {
        response.setHeader("content-type", "application/json");
        const name = request.url?.slice(1) ?? "";
        // npm also asks which versions of the package there are.
        const versions = { "16.0.0": { name, version: "16.0.0", dist: { tarball: "", shasum: "" } } };
        const package_ = { name, "dist-tags": { latest: "16.0.0" }, versions };
        response.end(JSON.stringify(name.endsWith("/advisories/bulk") ? advisories : package_));
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      return await work(`http://127.0.0.1:${(server.address() as { port: number }).port}`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
  const read = (registry: string) =>
    readAdvisories(new AbortController().signal, {
      ...process.env,
      npm_config_registry: registry,
      npm_config_cache: mkdtempSync(join(folder, "npm-")),
    });
  const about = (severity: string) => ({
    next: [{ id: 1, url: "https://example.test/1", title: "t", severity, vulnerable_versions: "*", cwe: [] }],
  });

  test("that are high fail the check by name, and others do not", async () => {
    expect(await withRegistry(about("high"), read)).toEqual({ unreached: null, severe: ["next (high)"] });
    expect(await withRegistry(about("moderate"), read)).toEqual({ unreached: null, severe: [] });
    expect(await withRegistry({}, read)).toEqual({ unreached: null, severe: [] });
  }, 60_000);

  test("that cannot be read are reported as not checked", async () => {
    const { unreached, severe } = await read("http://127.0.0.1:9");
    expect(unreached).toContain("ECONNREFUSED");
    expect(severe).toEqual([]);
  }, 60_000);
});

describe("processes", () => {
  const RUN = `
    import { watchForStop } from "@/bin/process/stop.mjs";
    import { startChild } from "@/bin/process/child.mjs";
    const stop = watchForStop();
    const launch = (source) => startChild(process.execPath, ["-e", source], stop);
  `;

  test("the child's exit code is the launcher's", async () => {
    const { ended } = runScript(`${RUN} process.exitCode = await launch("process.exit(7)").ended;`);
    expect(await ended).toBe(7);
  });

  test("SIGTERM is forwarded, and the child may exit in its own way", async () => {
    const source = `process.on("SIGTERM", () => { console.log("ending"); process.exit(0); }); setInterval(() => {}, 1e3); console.log("up")`;
    const { child, printed, ended } = runScript(
      `${RUN} process.exitCode = await launch(${JSON.stringify(source)}).ended;`,
    );
    await until(() => expect(printed()).toContain("up"));
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(printed()).toContain("ending");
  });

  test("a child that ignores SIGTERM is killed after the hard limit", async () => {
    const source = `process.on("SIGTERM", () => {}); setInterval(() => {}, 1e3); console.log("up " + process.pid)`;
    const { child, printed, ended } = runScript(
      `${RUN} process.exitCode = await launch(${JSON.stringify(source)}).ended;`,
    );
    await until(() => expect(printed()).toMatch(/up \d+/));
    const pid = Number(/up (\d+)/.exec(printed())?.[1]);
    child.kill("SIGTERM");
    expect(await ended).toBe(137);
    expect(lives(pid)).toBe(false);
  });

  test("launcher and child exit when their parent process is killed", async () => {
    const inner = at("inner.mjs");
    const source = `setInterval(() => {}, 1e3); console.log("pids " + process.ppid + " " + process.pid)`;
    const bin = pathToFileURL(join(process.cwd(), "bin/")).href;
    writeFileSync(inner, `${RUN.replaceAll("@/bin/", bin)} await launch(${JSON.stringify(source)}).ended;`);
    const outer = `import { spawn } from "node:child_process"; spawn(process.execPath, [${JSON.stringify(inner)}], { stdio: "inherit" });`;
    const { child, printed } = runScript(outer);
    await until(() => expect(printed()).toMatch(/pids \d+ \d+/));
    const pids = (/pids (\d+) (\d+)/.exec(printed()) ?? []).slice(1).map(Number);
    expect(pids.map(lives)).toEqual([true, true]);
    child.kill("SIGKILL");
    await until(() => expect(pids.map(lives)).toEqual([false, false]));
  });

  test("the server exits when its launcher is killed with SIGKILL", async () => {
    const preload = pathToFileURL(join(process.cwd(), "bin/server/end-with-parent.mjs")).href;
    const { child, printed } = runScript(`
      import { spawn } from "node:child_process";
      const args = ["--import", ${JSON.stringify(preload)}, "-e", "setInterval(() => {}, 1e3); console.log('pid ' + process.pid)"];
      spawn(process.execPath, args, { stdio: "inherit", env: { ...process.env, MEMFLEET_LAUNCHER_PID: String(process.pid) } });
    `);
    await until(() => expect(printed()).toMatch(/pid \d+/));
    const pid = Number(/pid (\d+)/.exec(printed())?.[1]);
    expect(lives(pid)).toBe(true);
    child.kill("SIGKILL");
    await until(() => expect(lives(pid)).toBe(false));
  });

  test("hash-password reads a line and prints a hash that works for signing in", async () => {
    const launcher = join(import.meta.dirname, "..", "..", "bin", "memfleet.mjs");
    const child = spawn(process.execPath, [launcher, "hash-password"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    child.stdin.end("corr\u00e8ct horse\n");
    let printed = "";
    child.stdout.on("data", (chunk) => {
      printed += chunk;
    });
    await new Promise((resolve) => child.once("close", resolve));
    const hash = parsePasswordHash(printed.trim()) as PasswordHash;
    expect(hash).toMatchObject({ ln: 15, r: 8, p: 3 });
    expect(await isPassword(hash, "corr\u00e8ct horse")).toBe(true);
    expect(await isPassword(hash, "correct horse")).toBe(false);
  });

  test("an unknown command is refused with a list of commands", async () => {
    const child = spawn(process.execPath, ["bin/memfleet.mjs", "fly"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    children.push(child);
    let output = "";
    child.stderr?.on("data", (chunk) => {
      output += chunk;
    });
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(2);
    expect(output).toBe("usage: memfleet start|demo|dev|test|bench|hash-password\n");
  });
});

describe("the demo's fleet", () => {
  const DEMO = `
    import { watchForStop } from "@/bin/process/stop.mjs";
    import { startDemo } from "@/bin/demo/start.mjs";
    const stop = watchForStop();
    const demo = await startDemo(stop);
    const nodes = demo.nodes.map((node) => ({ id: node.id, runs: node.runs, pid: demo.fleet.pid(node) }));
    console.log("demo " + JSON.stringify({ nodes, file: demo.file }));
    await new Promise((resolve) => stop.addEventListener("abort", resolve));
    await demo.close();
    console.log("closed");
  `;

  interface Started {
    readonly nodes: readonly { readonly id: string; readonly runs: boolean; readonly pid: number | null }[];
    readonly file: string;
  }
  async function startDemo() {
    const script = runScript(DEMO);
    await until(() => expect(script.printed()).toContain("demo {"));
    const started = JSON.parse(/demo (\{.*\})/.exec(script.printed())?.[1] ?? "") as Started;
    const pids = started.nodes.flatMap(({ pid }) => (pid === null ? [] : [pid]));
    return { ...script, ...started, pids };
  }

  test("eight nodes, seven of them up; SIGTERM stops them all and removes every file", async () => {
    const { child, ended, nodes, pids, file } = await startDemo();
    expect(nodes).toHaveLength(8);
    expect(nodes.filter((node) => !node.runs)).toHaveLength(1);
    expect(pids).toHaveLength(7);
    expect(pids.every(lives)).toBe(true);
    expect(existsSync(file)).toBe(true);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(pids.filter(lives)).toEqual([]);
    expect(existsSync(file)).toBe(false);
  });

  test("nothing remains when the launcher is killed with SIGKILL, not even a suspended node", async () => {
    const { child, pids, file } = await startDemo();
    process.kill(pids[0] ?? 0, "SIGSTOP");
    child.kill("SIGKILL");
    await until(() => expect(pids.filter(lives)).toEqual([]));
    await until(() => expect(existsSync(file)).toBe(false));
  });
});
