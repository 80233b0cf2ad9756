/** The steps for a sign-in, run by a shell in their own directory, and a server that then requires it. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authfileSteps, saslSteps } from "@/lib/diagnostics/remedies/steps/sign-in";
import { certificateCheck, certificateSteps } from "@/lib/diagnostics/remedies/steps/tls";
import { verification } from "@/lib/diagnostics/remedies/verify";
import { testFacts } from "../../doubles/node-facts";
import { freePort } from "../../servers/free-port";
import { startMemcached } from "../../servers/memcached";
import { rawText } from "../../servers/raw-text";

const AS_ROOT = process.getuid?.() === 0 ? ["-u", "root"] : [];
const run = promisify(execFile);
const PASSWORD = "sesame:open";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "memfleet-steps-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/**
 * Runs a text with what would change this machine taken out: paths lie in the directory, nothing is installed or
 * restarted, nobody else owns the files, and the password comes from a pipe.
 */
async function carryOut(text: string): Promise<void> {
  const script = `
    sudo() {
      case "$1" in
        yum|systemctl|journalctl|chown) return 0;;
        saslpasswd2) shift; printf %s "$MEMCACHED_PASSWORD" | saslpasswd2 -p "$@";;
        *) "$@";;
      esac
    }
    ${text.replaceAll("/etc/", `${directory}/`)}`;
  const path = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`;
  const env = { ...process.env, PATH: path, MEMCACHED_USER: "app", MEMCACHED_PASSWORD: PASSWORD };
  await run("bash", ["-euc", script], { env });
}

describe("steps for a sign-in", () => {
  it("SASL: a server started after them accepts only the password", async () => {
    await carryOut(saslSteps(testFacts(), false).text);
    const port = await freePort();
    const args = ["-S", "-l", "127.0.0.1", "-p", String(port), ...AS_ROOT];
    const child = spawn("memcached", args, {
      env: { ...process.env, SASL_CONF_PATH: join(directory, "sasl2") },
      stdio: "ignore",
    });
    try {
      const memcstat = (password: string) =>
        run("memcstat", [
          `--servers=127.0.0.1:${port}`,
          "--binary",
          "--username=app",
          `--password=${password}`,
        ]).then(
          ({ stdout }) => stdout.includes("version: 1."),
          () => false,
        );
      await expect.poll(() => memcstat(PASSWORD), { timeout: 10_000 }).toBe(true);
      expect(await memcstat("wrong")).toBe(false);
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  });

  it("authfile: a server started after them accepts only the password", async () => {
    const steps = authfileSteps(testFacts());
    expect(steps).not.toBeNull();
    await carryOut(steps?.text ?? "exit 1");
    const file = join(directory, "memcached-authfile");
    const server = await startMemcached({ mode: "plain", args: ["-Y", file] });
    try {
      const signIn = (value: string) =>
        rawText(server.endpoint, `set x 0 0 ${value.length}\r\n${value}\r\n`, ["\r\n"]);
      expect(await signIn(`app ${PASSWORD}`)).toBe("STORED\r\n");
      expect(await signIn("app wrong")).toBe("CLIENT_ERROR authentication failure\r\n");
    } finally {
      await chmod(file, 0o600);
      await server.stop();
    }
    expect(authfileSteps(testFacts({ version: "1.5.14" }))).toBeNull();
  });

  it("neither works together with a UDP port", async () => {
    const port = await freePort();
    const settings = new Map([["udpport", String(port)]]);
    for (const steps of [saslSteps(testFacts({ settings }), false), authfileSteps(testFacts({ settings }))]) {
      expect(steps?.text).toMatch(/^# OPTIONS="-U 0 -[SY]/m);
    }
    const file = join(directory, "memcached-authfile");
    await expect(startMemcached({ mode: "plain", args: ["-Y", file, "-U", String(port)] })).rejects.toThrow(
      /did not start/,
    );
  });
});

describe("steps for TLS", () => {
  it("create a request for the node's name or address", async () => {
    for (const [host, name] of [
      ["10.0.0.5", "IP Address:10.0.0.5"],
      ["cache-1.example.net", "DNS:cache-1.example.net"],
    ] as const) {
      const request = certificateSteps(testFacts({ host })).text.split("\n")[1] ?? "";
      await run("bash", ["-euc", `cd "$1"; ${request}`, "bash", directory]);
      const { stdout } = await run("openssl", ["req", "-in", join(directory, "node.csr"), "-noout", "-text"]);
      expect(stdout).toContain(name);
    }
  });

  it("show the certificate that is served", async () => {
    const server = await startMemcached({ mode: "tls" });
    try {
      const { address } = server.endpoint;
      if (address.kind !== "tcp") throw new Error("a TLS node is on TCP");
      const facts = testFacts({ host: address.host, port: address.port, tls: server.endpoint.tls });
      const { stdout } = await run("bash", ["-c", certificateCheck(facts)]);
      expect(stdout).toContain("subject=CN = localhost");
      expect(stdout).toContain("IP Address:127.0.0.1");
    } finally {
      await server.stop();
    }
  });
});

describe("the UDP check command", () => {
  it("returns STAT lines from an open port", async () => {
    const port = await freePort();
    const server = await startMemcached({ mode: "plain", args: ["-U", String(port)] });
    try {
      const facts = testFacts({ host: "127.0.0.1" });
      const { stdout } = await run("bash", ["-c", verification("udp", facts, port).text]);
      expect(stdout).toContain("STAT pid");
    } finally {
      await server.stop();
    }
  });
});
