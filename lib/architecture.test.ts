import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { ENDPOINTS, METHODS } from "@/lib/model/http/endpoints";

const ROOT = resolve(import.meta.dirname, "..");

/** Rooms by floor. Imports go down only; rooms on one floor do not know each other. */
const FLOORS: readonly (readonly string[])[] = [
  ["lib/concurrency", "lib/model", "lib/catalogue", "lib/metrics", "lib/hashing", "lib/fleet-sync"],
  ["lib/memcached", "lib/store"],
  ["lib/config", "lib/fleet", "lib/history", "lib/records"],
  [
    "lib/discovery",
    "lib/collector",
    "lib/actions",
    "lib/probes",
    "lib/diagnostics",
    "lib/access",
    "lib/keys",
  ],
  [
    "lib/server",
    "lib/runtime-handle",
    "lib/process-figures",
    "lib/flush-memory",
    "lib/share-source",
    "lib/acting",
    "lib/asked-series",
    "lib/diagnosing",
    "lib/runtime",
    "lib/process",
  ],
  [
    "lib/http",
    "lib/reply",
    "lib/request-body",
    "lib/route-params",
    "lib/event-feed",
    "lib/event-stream",
    "lib/exposition",
    "lib/diagnostic-stream",
    "lib/findings-reply",
    "lib/action-stream",
    "lib/refused-action",
    "lib/ping-stream",
    "lib/key-list",
    "lib/key-stream",
    "lib/route",
    "lib/page-actor",
    "lib/share-route",
    "lib/sign-in-problem",
  ],
  ["app/api", "app/-", "app/s", "app/metrics", "app/scrape"],
];
/** The browser's side, ground floor first. */
const BROWSER: readonly (readonly string[])[] = [
  ["lib/model", "lib/catalogue", "lib/metrics", "lib/fleet-sync"],
  ["lib/client"],
  ["components"],
];
/** Rooms of one floor that may know each other. */
const NEIGHBOURS = new Set([
  "lib/metrics>lib/model",
  "lib/metrics>lib/catalogue",
  "lib/catalogue>lib/model",
  "lib/model>lib/catalogue",
  "lib/fleet-sync>lib/model",
  "lib/fleet-sync>lib/metrics",
  "lib/hashing>lib/model",
  "lib/records>lib/config",
]);
/** One file each for the edges of the process. */
const ENVIRONMENT_READERS = new Set(["lib/config/environment.ts", "proxy.ts", "instrumentation.ts"]);

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly {
    readonly name: string;
    readonly path: string | null;
    readonly typeOnly: boolean;
  }[];
}

const IMPORT =
  /^\s*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,]+?\s+from\s+)?["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)/gm;

function sources(): Source[] {
  return ["app", "components", "lib", "proxy.ts", "instrumentation.ts"]
    .flatMap((entry) => filesBelow(join(ROOT, entry)))
    .map((file) => {
      const text = readFileSync(file, "utf8");
      const imports = [...text.matchAll(IMPORT)].map((match) => {
        const name = (match[2] ?? match[3]) as string;
        return { name, path: resolveImport(file, name), typeOnly: match[1] !== undefined };
      });
      return { path: relative(ROOT, file), text, imports };
    });
}

function filesBelow(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .flatMap((name) => filesBelow(join(path, name)))
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file));
}

function resolveImport(file: string, name: string): string | null {
  if (!name.startsWith(".") && !name.startsWith("@/")) return null;
  const target = name.startsWith("@/") ? join(ROOT, name.slice(2)) : resolve(dirname(file), name);
  return relative(ROOT, target);
}

const SOURCES = sources();

/** The room a path belongs to: the longest of the listed names that it begins with. */
function roomOf(
  path: string,
  floors: readonly (readonly string[])[],
): { room: string; floor: number } | null {
  let found: { room: string; floor: number } | null = null;
  floors.forEach((rooms, floor) => {
    for (const room of rooms) {
      const inside =
        path === room || path === `${room}.ts` || path === `${room}.tsx` || path.startsWith(`${room}/`);
      if (inside && room.length > (found?.room.length ?? 0)) found = { room, floor };
    }
  });
  return found;
}

function arrows(floors: readonly (readonly string[])[]): string[] {
  return SOURCES.flatMap((source) => {
    const from = roomOf(source.path, floors);
    if (!from) return [];
    return source.imports.flatMap(({ path }) => {
      const to = path === null ? null : roomOf(path, floors);
      if (!to || to.room === from.room || NEIGHBOURS.has(`${from.room}>${to.room}`)) return [];
      if (to.floor < from.floor) return [];
      const sameFile = to.floor === from.floor && isFile(from.room) && isFile(to.room);
      return sameFile ? [] : [`${source.path} imports ${path}`];
    });
  });
}

/** Floors above the rooms hold single files, which may know each other as long as there is no circle. */
function isFile(room: string): boolean {
  return SOURCES.some((source) => source.path === `${room}.ts`);
}

const offenders = (test: (source: Source) => boolean) => SOURCES.filter(test).map((source) => source.path);
const importsPackage = (source: Source, names: RegExp) =>
  source.imports.some((one) => one.path === null && names.test(one.name));
const within = (source: Source, ...rooms: string[]) =>
  rooms.some((room) => source.path.startsWith(`${room}/`));

const routeFiles = () => SOURCES.filter((source) => /^app\/.*\/route\.tsx?$/.test(source.path));

describe("the house", () => {
  it("has imports that only go down", () => {
    expect(arrows(FLOORS)).toEqual([]);
    expect(arrows(BROWSER)).toEqual([]);
  });

  it("keeps every room of lib on a floor", () => {
    const known = [...FLOORS, ...BROWSER].flat();
    expect(offenders((source) => within(source, "lib") && roomOf(source.path, [known]) === null)).toEqual([]);
  });

  it("has no circle of imports", () => {
    const graph = new Map(SOURCES.map((source) => [source.path.replace(/\.tsx?$/, ""), source]));
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (name: string, trail: string[]) => {
      if (trail.includes(name)) circles.push([...trail.slice(trail.indexOf(name)), name].join(" > "));
      if (done.has(name) || trail.includes(name)) return;
      for (const { path, typeOnly } of graph.get(name)?.imports ?? []) {
        if (path !== null && !typeOnly && graph.has(path)) visit(path, [...trail, name]);
      }
      done.add(name);
    };
    for (const name of graph.keys()) visit(name, []);
    expect(circles).toEqual([]);
  });

  it("has no barrels and no rooms without a subject", () => {
    expect(offenders((source) => /(^|\/)index\.tsx?$/.test(source.path))).toEqual([]);
    expect(
      offenders((source) => /(^|\/|-)(utils?|helpers?|common|manager)(\/|\.|-)/.test(source.path)),
    ).toEqual([]);
  });

  it("opens sockets to nodes in one room, and UDP in one other", () => {
    const opens = /^(node:)?(net|tls)$|^memjs/;
    expect(
      offenders((source) => importsPackage(source, opens) && !within(source, "lib/memcached", "lib/fleet")),
    ).toEqual([]);
    expect(
      offenders((source) => importsPackage(source, /^(node:)?dgram$/) && !within(source, "lib/probes")),
    ).toEqual([]);
    const fleetOpens = SOURCES.filter(
      (source) =>
        within(source, "lib/fleet") && /\b(connect|createConnection|createSocket)\(/.test(source.text),
    );
    expect(fleetOpens.map((source) => source.path)).toEqual([]);
  });

  it("opens the database in one room", () => {
    expect(offenders((source) => importsPackage(source, /^libsql$/) && !within(source, "lib/store"))).toEqual(
      [],
    );
    const owners = ["lib/history/embedded/history.ts", "lib/records/open.ts"];
    expect(
      offenders(
        (source) =>
          importsPackage(source, /worker_threads$/) &&
          !within(source, "lib/store") &&
          !owners.includes(source.path),
      ),
    ).toEqual([]);
  });

  it("reads the environment in one file", () => {
    expect(
      offenders((source) => /process\.env\b/.test(source.text) && !ENVIRONMENT_READERS.has(source.path)),
    ).toEqual([]);
  });

  it("keeps the server out of the browser and the charts' library in one room", () => {
    const server = FLOORS.slice(1).flat();
    const leaks = SOURCES.filter((source) => within(source, "components", "lib/client")).flatMap((source) =>
      source.imports
        .filter(({ path, typeOnly }) => path !== null && !typeOnly && roomOf(path, [server]) !== null)
        .map(({ path }) => `${source.path} imports ${path}`),
    );
    expect(leaks).toEqual([]);
    expect(
      offenders((source) => importsPackage(source, /^recharts/) && !within(source, "components/charts")),
    ).toEqual([]);
  });

  it("keeps schemas out of what the browser loads", () => {
    const graph = new Map(SOURCES.map((source) => [source.path.replace(/\.tsx?$/, ""), source]));
    const loaded = new Map<string, string>();
    const visit = (name: string, from: string) => {
      const source = graph.get(name);
      if (source === undefined || loaded.has(name)) return;
      loaded.set(name, from);
      for (const { path, typeOnly } of source.imports) if (path !== null && !typeOnly) visit(path, name);
    };
    for (const [name, source] of graph) if (/^"use client";/.test(source.text)) visit(name, "the browser");
    const withSchemas = [...loaded].filter(([name]) => importsPackage(graph.get(name) as Source, /^zod/));
    expect(withSchemas.map(([name, from]) => `${from} loads ${name}`)).toEqual([]);
  });

  it("keeps the model and the arithmetic pure", () => {
    const impure = SOURCES.filter((source) => within(source, "lib/model", "lib/metrics")).flatMap((source) =>
      source.imports
        .filter((one) => one.path === null && one.name !== "zod")
        .map((one) => `${source.path} imports ${one.name}`),
    );
    expect(impure).toEqual([]);
    expect(
      offenders(
        (source) => within(source, "lib/metrics") && /\bDate\.now\(|performance\.now\(/.test(source.text),
      ),
    ).toEqual([]);
  });

  it("describes every endpoint once, and no other", () => {
    const exported = routeFiles().flatMap((source) => {
      const path = `/${source.path
        .replace(/^app\//, "")
        .replace(/\/route\.tsx?$/, "")
        .replace(/\(\w+\)\//g, "")
        .replaceAll("[", "{")
        .replaceAll("]", "}")}`;
      return [...source.text.matchAll(/^export const ([A-Z]+)\b/gm)].map((match) => `${match[1]} ${path}`);
    });
    const described = Object.values(ENDPOINTS).map(({ method, path }) => `${method} ${path}`);
    expect(exported.sort()).toEqual(described.sort());
  });

  it("lets every route go through the one wrapper", () => {
    expect(routeFiles().length).toBeGreaterThan(0);
    const wrapped = new RegExp(`^export const (${METHODS.join("|")}) = route\\($`);
    const bare = routeFiles().flatMap((source) =>
      [
        ...source.text.matchAll(/^export (?!const dynamic\b).*?\(/gm),
        ...source.text.matchAll(/^export (?!const).*/gm),
      ]
        .map((match) => match[0])
        .filter((text) => !wrapped.test(text))
        .map((text) => `${source.path}: ${text}`),
    );
    expect(bare).toEqual([]);
  });
});
