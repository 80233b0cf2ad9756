import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ConfigurationError } from "@/lib/model/errors";
import type { ConfigurationSource } from "./contract";
import { readEnvironment } from "./environment";
import { watchConfiguration } from "./watch";

let folder: string;
let source: ConfigurationSource | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "memfleet-watch-"));
});
afterEach(() => {
  source?.close();
  source = null;
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);
const withNode = (name: string, more = "") => `${more}\npools: [{ name: p, servers: ["${name}"] }]\n`;

function watch(): ConfigurationSource {
  source = watchConfiguration(readEnvironment({ MEMFLEET_CWD: folder }), { everyMs: 10 });
  return source;
}

const nodesOf = (from: ConfigurationSource) => from.current().nodes.map((node) => node.id);

async function until(what: () => void): Promise<void> {
  await vi.waitFor(what, { timeout: 5_000, interval: 10 });
}

describe("watchConfiguration", () => {
  test("throws when the first read fails, because there is no valid configuration yet", () => {
    writeFileSync(at("memfleet.yaml"), "nonsense: 1\n");
    expect(() => watch()).toThrow(ConfigurationError);
  });

  test("applies an in-place edit and notifies its listeners", async () => {
    writeFileSync(at("memfleet.yaml"), withNode("a"));
    const watched = watch();
    const listener = vi.fn();
    watched.onChange(listener);
    expect(nodesOf(watched)).toEqual(["a:11211"]);
    writeFileSync(at("memfleet.yaml"), withNode("b"));
    await until(() => expect(nodesOf(watched)).toEqual(["b:11211"]));
    expect(listener).toHaveBeenCalledTimes(1);
    expect(watched.rejected()).toBeNull();
  });

  test("applies a file that was replaced by a rename", async () => {
    writeFileSync(at("memfleet.yaml"), withNode("a"));
    const watched = watch();
    writeFileSync(at("new"), withNode("c"));
    renameSync(at("new"), at("memfleet.yaml"));
    await until(() => expect(nodesOf(watched)).toEqual(["c:11211"]));
  });

  test("applies a swapped symbolic link, as with a mounted ConfigMap", async () => {
    for (const name of ["a", "d"]) {
      mkdirSync(at(`version-${name}`));
      writeFileSync(at(`version-${name}/memfleet.yaml`), withNode(name));
    }
    symlinkSync("version-a", at("current"));
    symlinkSync("current/memfleet.yaml", at("memfleet.yaml"));
    const watched = watch();
    expect(nodesOf(watched)).toEqual(["a:11211"]);
    symlinkSync("version-d", at("next"));
    renameSync(at("next"), at("current"));
    await until(() => expect(nodesOf(watched)).toEqual(["d:11211"]));
  });

  test("applies a file that appears later", async () => {
    const watched = watch();
    expect(nodesOf(watched)).toEqual([]);
    writeFileSync(at("memfleet.yaml"), withNode("e"));
    await until(() => expect(nodesOf(watched)).toEqual(["e:11211"]));
  });

  test("applies a rotated secret", async () => {
    const auth = "auth: { sasl: { username: u, passwordFile: secret } }";
    writeFileSync(at("secret"), "old");
    writeFileSync(at("memfleet.yaml"), `pools: [{ name: p, servers: [a], ${auth} }]\n`);
    const watched = watch();
    writeFileSync(at("secret"), "new");
    await until(() => expect(watched.current().nodes[0]?.endpoint.credentials?.password).toBe("new"));
  });

  test("keeps the last valid configuration after an invalid edit, reports why, and recovers", async () => {
    writeFileSync(at("memfleet.yaml"), withNode("a"));
    const watched = watch();
    const listener = vi.fn();
    watched.onChange(listener);
    writeFileSync(at("memfleet.yaml"), `${withNode("b")}probs: 1\n`);
    await until(() =>
      expect(watched.rejected()?.detail).toContain("memfleet.yaml:3: probs: found an unknown key"),
    );
    expect(nodesOf(watched)).toEqual(["a:11211"]);
    expect(watched.rejected()?.sinceMs).toBeGreaterThan(Date.now() - 10_000);
    expect(listener).toHaveBeenCalledTimes(1);
    writeFileSync(at("memfleet.yaml"), withNode("b"));
    await until(() => expect(watched.rejected()).toBeNull());
    expect(nodesOf(watched)).toEqual(["b:11211"]);
    expect(listener).toHaveBeenCalledTimes(2);
  });

  test("recovers when the secret file that was missing appears", async () => {
    writeFileSync(at("memfleet.yaml"), withNode("a"));
    const watched = watch();
    const auth = "auth: { ascii: { username: u, passwordFile: later } }";
    writeFileSync(at("memfleet.yaml"), `pools: [{ name: p, servers: [b], ${auth} }]\n`);
    await until(() => expect(watched.rejected()?.detail).toContain("no such file"));
    writeFileSync(at("later"), "secret");
    await until(() => expect(nodesOf(watched)).toEqual(["b:11211"]));
  });

  test("keeps the nodes when the file disappears", async () => {
    writeFileSync(at("memfleet.yaml"), withNode("a"));
    const watched = watch();
    rmSync(at("memfleet.yaml"));
    await until(() => expect(watched.rejected()?.detail).toContain("was deleted"));
    expect(nodesOf(watched)).toEqual(["a:11211"]);
  });

  test("applies all but listen and dataDir, and reports that those need a restart", async () => {
    writeFileSync(at("memfleet.yaml"), withNode("a", "listen: 127.0.0.1:4000"));
    const watched = watch();
    writeFileSync(at("memfleet.yaml"), withNode("b", "listen: 127.0.0.1:5000\ndataDir: other"));
    await until(() => expect(nodesOf(watched)).toEqual(["b:11211"]));
    expect(watched.current().listen.port).toBe(4000);
    expect(watched.current().dataDir).toBe(at("data"));
    expect(watched.rejected()?.detail).toContain(`listen 127.0.0.1:5000, dataDir ${at("other")}`);
  });

  test("notifies no listener of a change of the modification time only", async () => {
    writeFileSync(at("memfleet.yaml"), withNode("a"));
    const watched = watch();
    const before = watched.current();
    const listener = vi.fn();
    watched.onChange(listener);
    writeFileSync(at("memfleet.yaml"), `# a comment\n${withNode("a")}`);
    await until(() => expect(watched.current()).not.toBe(before));
    expect(listener).not.toHaveBeenCalled();
  });

  test("stops checking when closed", async () => {
    writeFileSync(at("memfleet.yaml"), withNode("a"));
    const watched = watch();
    watched.close();
    writeFileSync(at("memfleet.yaml"), withNode("b"));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(nodesOf(watched)).toEqual(["a:11211"]);
  });
});
