/** The documents are correct: their links, commands, configuration, requests, paths and variables are checked. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { SCALAR_VARIABLES } from "@/lib/config/environment";
import { DIFFERENCE, LEVEL, MARKER } from "@/lib/history/prometheus/memfleet-names";
import { NODE_FAMILIES } from "@/lib/metrics/prometheus/node-families";
import { OWN_FAMILIES } from "@/lib/metrics/prometheus/own-metrics";
import { ACTION_KINDS } from "@/lib/model/actions/action";
import { PROBES } from "@/lib/model/findings/finding";
import { ENDPOINTS } from "@/lib/model/http/endpoints";
import { environmentVariables, problemsOfYaml } from "./configuration";
import { problemOfCurl, problemOfMention } from "./http";
import { DOCUMENTS, type Document, documentAt, ROOT, sectionOf } from "./markdown";
import { type Command, commandsIn } from "./shell";

interface PackageFile {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
}

const PACKAGE = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as PackageFile;
const SCRIPTS = Object.keys(PACKAGE.scripts);

/** Programs of shell examples besides npm, npx, node and curl, which are checked in detail. */
const PROGRAMS = ["cd", "cp", "git", "mkdir", "printf", "promtool", "sha256sum", "sqlite3", "ssh"];
/** Commands of npm itself. */
const NPM_COMMANDS = ["audit", "ci", "install"];

const VITEST = readFileSync(join(ROOT, "vitest.config.ts"), "utf8");

const TREES = ["lib", "components", "app", "bin", "tests", "bench"];

/** The results of `problem` for each of these, with its document. */
function problemsIn<Part>(
  partsOf: (document: Document) => readonly Part[],
  problemOf: (part: Part, document: Document) => string | null,
): string[] {
  return DOCUMENTS.flatMap((document) =>
    partsOf(document).flatMap((part) => {
      const problem = problemOf(part, document);
      return problem === null ? [] : [`${document.path}: ${problem}`];
    }),
  );
}

const fencesIn =
  (...languages: readonly string[]) =>
  ({ fences }: Document) =>
    fences.filter(({ language }) => languages.includes(language));
const commandsOf = (document: Document) =>
  fencesIn("sh")(document).flatMap(({ text, at }) => commandsIn(text).map((command) => ({ command, at })));
const matchesIn = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, match = ""]) => match);
const folders = (path: string) =>
  readdirSync(join(ROOT, path), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );

describe("links", () => {
  it("lead to files and headings that exist", () => {
    const wrong = problemsIn(
      ({ links }) => links.filter((link) => !/^https?:/.test(link)),
      (link, document) => {
        const [file = "", anchor] = link.split("#");
        const path = file === "" ? document.path : join(dirname(document.path), file);
        if (!existsSync(join(ROOT, path))) return `${link}: no such file`;
        if (anchor === undefined || documentAt(path).anchors.has(anchor)) return null;
        return `${link}: no such heading`;
      },
    );
    expect(wrong).toEqual([]);
  });

  it("lead from the README to every document", () => {
    const reached = new Set(["README.md"]);
    for (const path of reached) {
      for (const link of documentAt(path).links) {
        const target = join(dirname(path), link.replace(/#.*/, ""));
        if (DOCUMENTS.some((document) => document.path === target)) reached.add(target);
      }
    }
    expect(DOCUMENTS.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
  });
});

describe("commands", () => {
  it("of npm are scripts of the package, and every script is documented", () => {
    const named = ({ text }: Document) => matchesIn(text, /\bnpm (?:run )?([a-z][\w:-]*)/g);
    const wrong = problemsIn(named, (name) =>
      SCRIPTS.includes(name) || NPM_COMMANDS.includes(name) ? null : `npm has no script ${name}`,
    );
    expect(wrong).toEqual([]);
    const table = sectionOf(documentAt("docs/development.md"), "Commands");
    const documented = matchesIn(table, /^\| `npm (?:run )?([\w:-]+)/gm);
    expect(new Set(documented)).toEqual(new Set(SCRIPTS));
  });

  it("start programs that exist, with files, checks and benchmarks that exist", () => {
    expect(
      problemsIn(commandsOf, ({ command, at }) => {
        const problem = problemOfCommand(command);
        return problem === null ? null : `${problem} (${at})`;
      }),
    ).toEqual([]);
  });

  it("call endpoints with methods, parameters and bodies that they accept", () => {
    const calls = DOCUMENTS.flatMap(commandsOf).filter(({ command }) => command.program === "curl");
    expect(calls.length).toBeGreaterThanOrEqual(15);
    const wrong = problemsIn(commandsOf, ({ command }) =>
      command.program === "curl" ? problemOfCurl(command) : null,
    );
    expect(wrong).toEqual([]);
  });
});

function problemOfCommand({ program, args }: Command): string | null {
  const [first = ""] = args;
  switch (program) {
    case "":
    case "curl":
    case "npm":
      return null;
    case "npx":
      if (!existsSync(join(ROOT, "node_modules/.bin", first))) return `npx ${first} is not installed`;
      return missingArgument(args);
    case "node":
      if (!existsSync(join(ROOT, first))) return `node ${first}: no such file`;
      return first !== "bin/memfleet.mjs" || existsSync(join(ROOT, `bin/commands/${args[1]}.mjs`))
        ? null
        : `memfleet has no command ${args[1]}`;
    default:
      return PROGRAMS.includes(program) ? null : `unknown program ${program}`;
  }
}

function missingArgument(args: readonly string[]): string | null {
  const project = args[args.indexOf("--project") + 1];
  if (args.includes("--project") && !VITEST.includes(`name: "${project}"`)) return `no project ${project}`;
  const files = args.filter((arg) => /^(?:lib|tests|components|app)\//.test(arg));
  const missing = files.filter((file) => !existsSync(join(ROOT, file)));
  return missing.length === 0 ? null : `no such file: ${missing.join(", ")}`;
}

describe("configuration", () => {
  it("in examples is accepted by Memfleet", () => {
    const wrong = problemsIn(fencesIn("yaml"), ({ text, at }) => {
      const problems = problemsOfYaml(text);
      return problems.length === 0 ? null : `${problems.join("; ")} (${at})`;
    });
    expect(wrong).toEqual([]);
    expect(DOCUMENTS.flatMap(fencesIn("yaml")).length).toBeGreaterThanOrEqual(8);
  });

  it("names environment variables that are read", () => {
    const known = environmentVariables();
    const wrong = problemsIn(
      ({ text }) => matchesIn(text, /\b((?:MEMFLEET|MEMCACHED|MEMCACHIER|MEMCACHE)_[A-Z_]+)\b/g),
      (name) => (known.has(name) ? null : `nothing reads ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it("is listed with every variable and the key that it sets", () => {
    const table = sectionOf(documentAt("docs/configuration.md"), "Reference");
    const rows = [...table.matchAll(/^\| `([\w.]+)` \| `(MEMFLEET_\w+)`/gm)].map(
      ([, key = "", variable = ""]) => [variable, key],
    );
    const expected = Object.entries(SCALAR_VARIABLES).map(([variable, path]) => [variable, path.join(".")]);
    expect(rows.sort()).toEqual(expected.sort());
  });

  it("in JSON is JSON", () => {
    for (const { text, at } of DOCUMENTS.flatMap(fencesIn("json"))) {
      expect(() => JSON.parse(text), at).not.toThrow();
    }
  });
});

describe("the HTTP interface", () => {
  it("has every endpoint that is named", () => {
    const mention = /^(?:(?:GET|POST|DELETE) \/|\/api\/|\/-\/|\/s\/|\/metrics$|\/scrape\b)/;
    const wrong = problemsIn(
      ({ spans }) =>
        spans.filter((span) => mention.test(span) && span !== "/api/v1" && span !== "/s/{token}"),
      problemOfMention,
    );
    expect(wrong).toEqual([]);
  });

  it("has every endpoint described in its document", () => {
    const { text } = documentAt("docs/http-api.md");
    const table = [...text.matchAll(/^\| (GET|POST|DELETE) \| `([^`]+)` \| (\w+) \|/gm)].map(
      ([, method, path, access]) => `${method} ${path} ${access}`,
    );
    const endpoints = Object.values(ENDPOINTS).map(
      ({ method, path, access }) => `${method} ${path} ${access}`,
    );
    expect(table.sort()).toEqual(endpoints.sort());
  });

  it("has every page that is named", () => {
    const pages = /^\/(?:compare|diagnostics|actions|shares|tools|sign-in|nodes|pools)\b[^ ]*$/;
    const wrong = problemsIn(
      ({ spans }) => spans.filter((span) => pages.test(span)),
      (span) => {
        const path = span.replace(/\?.*/, "").replaceAll(/\{(\w+)\}/g, "[$1]");
        const found = ["app/(fleet)", "app"].some((root) => existsSync(join(ROOT, root, path, "page.tsx")));
        return found ? null : `${span}: no such page`;
      },
    );
    expect(wrong).toEqual([]);
  });
});

describe("names", () => {
  it("of files and folders exist", () => {
    const inTree = new RegExp(`^(?:${[...TREES, "docs", "public"].join("|")})/[\\w./()\\[\\]@-]*$`);
    const wrong = problemsIn(
      ({ spans }) => spans.filter((span) => inTree.test(span) || /^[\w.-]+\.(?:ts|tsx|mjs)$/.test(span)),
      (span) => (existsSync(join(ROOT, span)) ? null : `${span}: no such file`),
    );
    expect(wrong).toEqual([]);
  });

  it("of metrics are exported or written", () => {
    const known = new Set([...NODE_FAMILIES, ...OWN_FAMILIES].map(({ name }) => name));
    for (const name of [DIFFERENCE, LEVEL, MARKER]) known.add(name);
    const wrong = problemsIn(
      ({ text }) => matchesIn(text, /\b((?:memcached|memfleet)_(?!exporter\b)[a-z]\w+)/g),
      (name) => (known.has(name) ? null : `no metric is called ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it("of actions and probes are complete", () => {
    const tableOf = (path: string, heading: string) =>
      matchesIn(sectionOf(documentAt(path), heading), /^\| `([\w-]+)` \|/gm);
    expect(tableOf("docs/acting.md", "Actions").sort()).toEqual([...ACTION_KINDS].sort());
    expect(tableOf("docs/diagnostics.md", "Probes").sort()).toEqual([...PROBES].sort());
  });
});

describe("the map of the project", () => {
  const map = sectionOf(documentAt("docs/development.md"), "Map");

  it.each(TREES)("lists each folder of %s/ once, and no other", (tree) => {
    const listed = matchesIn(map, new RegExp(`^\\|(?: [^|]+ \\|)? \`${tree}/([^/\`]+)/\` \\|`, "gm"));
    expect(listed.sort()).toEqual(folders(tree).sort());
  });
});

describe("the README and the changelog", () => {
  it("keep the README short", () => {
    expect(documentAt("README.md").text.trimEnd().split("\n").length).toBeLessThanOrEqual(150);
  });

  it("describe the version of the package", () => {
    expect(matchesIn(documentAt("CHANGELOG.md").text, /^## (\d+\.\d+\.\d+)/gm)).toContain(PACKAGE.version);
  });
});
