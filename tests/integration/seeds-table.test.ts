/** The table of the two documents is correct: every name in it is checked. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { NODE_TABS } from "@/components/node/tab-bar";
import { REGISTRY } from "@/lib/diagnostics/registry";
import { ACTION_KINDS } from "@/lib/model/actions/action";
import { EXPOSURES, PROBES, REMEDY_KINDS, VERDICTS } from "@/lib/model/findings/finding";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

const ROOT = resolve(import.meta.dirname, "../..");
const TEXT = readFileSync(join(ROOT, "docs/seeds.md"), "utf8");

interface Row {
  readonly id: string;
  readonly cells: readonly string[];
}

const ROWS: readonly Row[] = [...TEXT.matchAll(/^\| ([AB]\d+) \|(.*)\|$/gm)].map(
  ([, id = "", rest = ""]) => ({
    id,
    cells: rest.split("|").map((cell) => cell.trim()),
  }),
);

/** All names that stand after one of these words, lists with commas and "and" included. */
function namesAfter(word: string): string[] {
  const lists = TEXT.matchAll(new RegExp(`\\b${word}s? ((?:\`[^\`]+\`(?:, | and )?)+)`, "gi"));
  return [...lists].flatMap(([, list = ""]) => [...list.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
}

const numbered = (letter: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);

describe("the table of the two documents", () => {
  it("has a row for each statement, in order, with all its cells", () => {
    expect(ROWS.map(({ id }) => id)).toEqual([...numbered("A", 18), ...numbered("B", 12)]);
    for (const { id, cells } of ROWS) {
      expect([id, cells.length]).toEqual([id, 3]);
      expect(cells.every((cell) => cell !== "")).toBe(true);
    }
  });

  it("names something checkable in every row but the one that requires nothing", () => {
    const bare = ROWS.filter(({ cells }) => !/`[^`]+`/.test(cells.slice(1).join(" "))).map(({ id }) => id);
    expect(bare).toEqual(["A18"]);
  });

  it("names probes, actions, remedies, verdicts and tabs that there are", () => {
    const known = (word: string, names: readonly string[], least: number) => {
      const named = namesAfter(word);
      expect(named.length).toBeGreaterThanOrEqual(least);
      expect(named.filter((name) => !names.includes(name))).toEqual([]);
    };
    known("probe", PROBES, 8);
    known("action", ACTION_KINDS, 5);
    known("remed(?:y|ie)", REMEDY_KINDS, 10);
    known("verdict", VERDICTS, 3);
    known("tab", NODE_TABS, 4);
    expect(REGISTRY.map(({ name }) => name).sort()).toEqual([...PROBES].sort());
  });

  it("names checks that some probe makes", () => {
    const folder = join(ROOT, "lib/diagnostics/probes");
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .map((name) => readFileSync(join(folder, name), "utf8"))
      .join("\n");
    const checks = namesAfter("check");
    expect(checks.length).toBeGreaterThanOrEqual(12);
    // One check a scope, named after it.
    const scopes = EXPOSURES.map((exposure) => `listens:${exposure}`);
    const made = (check: string) => scopes.includes(check) || sources.includes(`"${check}"`);
    expect(checks.filter((check) => !made(check))).toEqual([]);
  });

  it("names routes that are described", () => {
    const described = Object.values(ENDPOINTS).map(({ method, path }) => `${method} ${path}`);
    const routes = [...TEXT.matchAll(/`((?:GET|POST|DELETE) \/[^`]*)`/g)].map(([, route = ""]) => route);
    expect(routes.length).toBeGreaterThanOrEqual(10);
    expect(routes.filter((route) => !described.includes(route))).toEqual([]);
  });

  it("names pages and files that exist", () => {
    const pages = namesAfter("page");
    const missing = pages.filter((page) => {
      const folder = page.replaceAll(/\{(\w+)\}/g, "[$1]");
      return !existsSync(join(ROOT, "app/(fleet)", folder, "page.tsx"));
    });
    expect(pages.length).toBeGreaterThanOrEqual(8);
    expect(missing).toEqual([]);
    const files = [...TEXT.matchAll(/`((?:lib|docs|tests|components)\/[^`]+\.\w+)`/g)].map(
      ([, file = ""]) => file,
    );
    expect(files.length).toBeGreaterThanOrEqual(8);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });
});
