import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type DiscoverySource, SourceUnavailable } from "./contract";
import { openFileSd } from "./file-sd";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "memfleet-file-sd-"));
  mkdirSync(join(folder, "targets"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const write = (name: string, ...targets: string[]) => writeFileSync(at(name), JSON.stringify([{ targets }]));
const open = (...patterns: string[]) =>
  openFileSd({ kind: "fileSd", name: "fileSd", patterns: patterns.map((pattern) => join(folder, pattern)) });

async function idsOf(source: DiscoverySource): Promise<string[]> {
  const { targets } = await source.read(new AbortController().signal);
  return targets.map(({ id }) => id);
}

const faultsOf = async (source: DiscoverySource) =>
  (await source.read(new AbortController().signal)).problems;

const until = (what: () => Promise<void>) => vi.waitFor(what, { timeout: 10_000, interval: 10 });

/** Nine lists, each of ten references to the one before. */
function aliasBomb(): string {
  const lists = Array.from({ length: 9 }, (_, index) => `&l${index + 1} [${`*l${index}, `.repeat(10)}]`);
  return `- &l0 [a]\n${lists.map((list) => `- ${list}\n`).join("")}`;
}

describe("targets from files", () => {
  it("are read from JSON and YAML, in the order of the patterns and of the names", async () => {
    write("targets/b.json", "b");
    write("targets/a.json", "a");
    writeFileSync(at("more.yml"), "- targets: [c, '[fd00::1]:11212']\n  labels: { dc: tyo1 }\n");
    const source = open("more.yml", "targets/*.json");
    expect(await idsOf(source)).toEqual(["c:11211", "[fd00::1]:11212", "a:11211", "b:11211"]);
    const { targets } = await source.read(new AbortController().signal);
    expect(targets.map(({ labels }) => labels.dc ?? null)).toEqual(["tyo1", "tyo1", null, null]);
  });

  it("follow an in-place edit of a file", async () => {
    write("targets/a.json", "a");
    const source = open("targets/*.json");
    expect(await idsOf(source)).toEqual(["a:11211"]);
    write("targets/a.json", "a", "b");
    await until(async () => expect(await idsOf(source)).toEqual(["a:11211", "b:11211"]));
  });

  it("follow a file that is replaced by a rename", async () => {
    write("targets/a.json", "a");
    const source = open("targets/*.json");
    await idsOf(source);
    write("new", "c");
    renameSync(at("new"), at("targets/a.json"));
    await until(async () => expect(await idsOf(source)).toEqual(["c:11211"]));
  });

  it("follow a swapped symbolic link, as with a mounted ConfigMap", async () => {
    for (const name of ["one", "two"]) {
      mkdirSync(at(name));
      write(`${name}/a.json`, name);
    }
    symlinkSync("one", at("current"));
    const source = open("current/*.json");
    expect(await idsOf(source)).toEqual(["one:11211"]);
    symlinkSync("two", at("next"));
    renameSync(at("next"), at("current"));
    await until(async () => expect(await idsOf(source)).toEqual(["two:11211"]));
  });

  it("come and go with the files that a pattern finds", async () => {
    write("targets/a.json", "a");
    const source = open("targets/*.json");
    await idsOf(source);
    write("targets/b.json", "b");
    write("targets/.hidden.json", "hidden");
    await until(async () => expect(await idsOf(source)).toEqual(["a:11211", "b:11211"]));
    rmSync(at("targets/a.json"));
    await until(async () => expect(await idsOf(source)).toEqual(["b:11211"]));
  });

  it("follow a renamed file, and stay in between", async () => {
    write("targets/a.json", "a");
    const source = open("targets/*.json");
    await idsOf(source);
    renameSync(at("targets/a.json"), at("targets/b.json"));
    for (let reads = 0; reads < 5; reads++) expect(await idsOf(source)).toEqual(["a:11211"]);
    write("targets/b.json", "b");
    await until(async () => expect(await idsOf(source)).toEqual(["b:11211"]));
  });

  it("stay while a file is missing for a moment, as some editors write it", async () => {
    write("targets/a.json", "a");
    write("targets/b.json", "b");
    const source = open("targets/*.json");
    await idsOf(source);
    rmSync(at("targets/b.json"));
    expect((await idsOf(source)).sort()).toEqual(["a:11211", "b:11211"]);
    write("targets/b.json", "b");
    for (let reads = 0; reads < 5; reads++) {
      expect((await idsOf(source)).sort()).toEqual(["a:11211", "b:11211"]);
    }
  });

  it("are bounded over all files: the excess is not read, and reported", async () => {
    const many = (prefix: string) => Array.from({ length: 15_000 }, (_, index) => `${prefix}${index}`);
    write("targets/a.json", ...many("a"));
    write("targets/b.json", ...many("b"));
    write("targets/c.json", "c");
    const source = open("targets/*.json");
    const { targets, problems } = await source.read(new AbortController().signal);
    expect(targets).toHaveLength(20_000);
    expect(problems).toEqual([
      "c.json: not read, because the files before it already list 20000 nodes",
      "10000 skipped beyond the limit of 20000",
    ]);
    write("targets/a.json", "a");
    write("targets/b.json", "b");
    await until(async () => expect(await idsOf(source)).toEqual(["a:11211", "b:11211", "c:11211"]));
  });

  it("are not read while a file is still being written", async () => {
    write("targets/a.json", "a");
    const source = open("targets/*.json");
    await idsOf(source);
    writeFileSync(at("targets/a.json"), '[{ "targets": ["b"');
    const { targets, problems, ttlMs } = await source.read(new AbortController().signal);
    expect([targets.map(({ id }) => id), problems]).toEqual([["a:11211"], []]);
    expect(ttlMs).toBeLessThan(1_000);
  });

  it("stay when a file becomes invalid, with a problem, and follow it once it is fixed", async () => {
    write("targets/a.json", "a");
    write("targets/b.json", "b");
    const source = open("targets/*.json");
    await idsOf(source);
    writeFileSync(at("targets/a.json"), "[{");
    await until(async () => expect(await faultsOf(source)).toEqual(["a.json: invalid JSON"]));
    expect(await idsOf(source)).toEqual(["a:11211", "b:11211"]);
    write("targets/a.json", "c");
    await until(async () => expect(await idsOf(source)).toEqual(["c:11211", "b:11211"]));
    expect(await faultsOf(source)).toEqual([]);
  });

  it("are unavailable when every file is invalid", async () => {
    write("targets/a.json", "a");
    const source = open("targets/*.json");
    await idsOf(source);
    writeFileSync(at("targets/a.json"), "");
    await until(
      async () => await expect(idsOf(source)).rejects.toThrow(new SourceUnavailable("a.json: invalid JSON")),
    );
    write("targets/a.json", "a");
    await until(async () => expect(await idsOf(source)).toEqual(["a:11211"]));
  });

  it("are unavailable when a folder is empty or missing, because it may not be mounted", async () => {
    write("targets/a.json", "a");
    const source = open("targets/*.json");
    await idsOf(source);
    rmSync(at("targets/a.json"));
    await expect(idsOf(source)).rejects.toThrow("no file matches");
    rmSync(at("targets"), { recursive: true });
    await expect(idsOf(source)).rejects.toThrow("folder of *.json: no such file or folder");
  });

  it("of a named file stay when it is deleted", async () => {
    write("a.json", "a");
    write("b.json", "b");
    const source = open("a.json", "b.json");
    await idsOf(source);
    rmSync(at("a.json"));
    await until(async () => expect(await faultsOf(source)).toEqual(["a.json: no such file"]));
    expect(await idsOf(source)).toEqual(["a:11211", "b:11211"]);
  });

  it("are none when a file lists none", async () => {
    write("targets/a.json", "a");
    const source = open("targets/*.json");
    await idsOf(source);
    writeFileSync(at("targets/a.json"), "[]");
    await until(async () => expect(await idsOf(source)).toEqual([]));
  });

  it.each([
    ["a.json", "{}", "a.json: found a mapping, allowed a list of groups with targets"],
    ["a.yml", "", "a.yml: found nothing, allowed a list of groups with targets"],
    ["a.yaml", "a: [", "a.yaml: invalid YAML"],
    ["a.yaml", aliasBomb(), "a.yaml: invalid YAML (Excessive alias count"],
    ["a.json", `[${" ".repeat(10 * 1024 * 1024)}]`, "a.json: larger than 10 MiB"],
    ["a.yaml", `#${" ".repeat(1024 * 1024)}\n[]`, "a.yaml: larger than 1 MiB"],
  ])("are unavailable when %s is not a list", async (name, text, reason) => {
    writeFileSync(at(name), text);
    await expect(idsOf(open(name))).rejects.toThrow(reason);
  });

  it.each(["a.json", "a.yaml"])("are read from %s or unavailable, whatever it contains", async (name) => {
    const lines = fc.constantFrom(
      "- targets: [a]",
      "  labels: { x: y }",
      "[",
      "]",
      "&a *a",
      "<<: *a",
      "? []",
      "__proto__: x",
    );
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.array(lines).map((some) => some.join("\n")),
    );
    await fc.assert(
      fc.asyncProperty(text, async (content) => {
        writeFileSync(at(name), content);
        await open(name)
          .read(new AbortController().signal)
          .catch((error: unknown) => expect(error).toBeInstanceOf(SourceUnavailable));
      }),
      { numRuns: 300 },
    );
  });

  it("are not waited for in a pipe", async () => {
    execFileSync("mkfifo", [at("targets/a.json")]);
    await expect(idsOf(open("targets/a.json"))).rejects.toThrow("a.json: not a file");
  });
});
