import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { ENDPOINTS, METHODS } from "@/lib/model/http/endpoints";

const ROOT = resolve(import.meta.dirname, "..");

/** Rooms by floor. Imports go down only; rooms of one floor do not know each other. */
const FLOORS: readonly (readonly string[])[] = [
  ["lib/concurrency", "lib/model", "lib/catalogue", "lib/metrics", "lib/hashing", "lib/fleet-sync"],
  ["lib/memcached", "lib/store"],
  ["lib/config", "lib/history", "lib/records"],
  ["lib/discovery", "lib/collector", "lib/actions", "lib/diagnostics", "lib/keys", "lib/access"],
  ["lib/server"],
  ["lib/http"],
  ["app/api", "app/-", "app/s", "app/metrics", "app/scrape"],
];
/** The browser's side, ground floor first. */
const BROWSER: readonly (readonly string[])[] = [
  ["lib/concurrency", "lib/model", "lib/catalogue", "lib/metrics", "lib/fleet-sync"],
  ["lib/client"],
  ["components"],
];
/** The lowest layer is ordered too: facts about memcached, the product's vocabulary, arithmetic, the wire format. */
const NEIGHBOURS = new Set([
  "lib/model>lib/catalogue",
  "lib/metrics>lib/catalogue",
  "lib/metrics>lib/model",
  "lib/hashing>lib/model",
  "lib/fleet-sync>lib/model",
  "lib/fleet-sync>lib/metrics",
]);
/** The one file of each edge of the process that reads the environment. */
const ENVIRONMENT_READERS = new Set(["lib/config/environment.ts", "proxy.ts", "instrumentation.ts"]);
/** Each store has one file that starts its worker thread, and so have the link previews. */
const WORKER_OWNERS = new Set([
  "lib/history/embedded/history.ts",
  "lib/records/open.ts",
  "components/shared-page/image/image-thread.ts",
  "components/shared-page/image/worker.ts",
]);
/** Answers for paths that are no endpoints, and does nothing else. */
const NO_ENDPOINT = "app/api/[[...path]]/route.ts";
/** Most files in one folder, without tests. */
const FLAT_LIMIT = 20;

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
      return to.floor < from.floor ? [] : [`${source.path} imports ${path}`];
    });
  });
}

/** Folders with their files, tests not counted. */
function foldersBelow(...roots: string[]): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  for (const root of roots) {
    for (const entry of readdirSync(join(ROOT, root), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || /\.test\.tsx?$/.test(entry.name)) continue;
      const folder = relative(ROOT, entry.parentPath);
      folders.set(folder, [...(folders.get(folder) ?? []), entry.name]);
    }
  }
  return folders;
}

/** Circles in the graph of imports, those that only types close included. */
function circles(): string[] {
  const graph = new Map(SOURCES.map((source) => [source.path.replace(/\.tsx?$/, ""), source]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (name: string, trail: string[]) => {
    if (trail.includes(name)) found.push([...trail.slice(trail.indexOf(name)), name].join(" > "));
    if (done.has(name) || trail.includes(name)) return;
    for (const { path } of graph.get(name)?.imports ?? []) {
      if (path !== null && graph.has(path)) visit(path, [...trail, name]);
    }
    done.add(name);
  };
  for (const name of graph.keys()) visit(name, []);
  return found;
}

const offenders = (test: (source: Source) => boolean) => SOURCES.filter(test).map((source) => source.path);
const importsPackage = (source: Source, names: RegExp) =>
  source.imports.some((one) => one.path === null && names.test(one.name));
const within = (source: Source, ...rooms: string[]) =>
  rooms.some((room) => source.path.startsWith(`${room}/`));

const routeFiles = () =>
  SOURCES.filter(({ path }) => path !== NO_ENDPOINT && /^app\/.*\/route\.tsx?$/.test(path));

describe("the house", () => {
  it("has imports that only go down", () => {
    expect(arrows(FLOORS)).toEqual([]);
    expect(arrows(BROWSER)).toEqual([]);
  });

  it("keeps every file of lib in a room, and every room on a floor", () => {
    const known = [...FLOORS, ...BROWSER].flat();
    expect(offenders((source) => within(source, "lib") && roomOf(source.path, [known]) === null)).toEqual([]);
    expect(readdirSync(join(ROOT, "lib")).filter((name) => /\.tsx?$/.test(name))).toEqual([
      "architecture.test.ts",
    ]);
    const empty = known.filter((room) => !SOURCES.some((source) => within(source, room)));
    expect(empty).toEqual([]);
  });

  it("has no crowded folder", () => {
    const crowded = [...foldersBelow("lib", "components", "app", "bin", "bench")]
      .filter(([, files]) => files.length > FLAT_LIMIT)
      .map(([folder, files]) => `${folder}: ${files.length} files`);
    expect(crowded).toEqual([]);
  });

  it("has no circle of imports, of values or of types", () => {
    expect(circles()).toEqual([]);
  });

  it("writes imports from another room with @/ and those of its own room relatively", () => {
    const room = (path: string) => path.split("/").slice(0, 2).join("/");
    const foreign = SOURCES.filter((source) => within(source, "lib", "components")).flatMap((source) =>
      source.imports
        .filter(
          ({ name, path }) => path !== null && name.startsWith("@/") === (room(path) === room(source.path)),
        )
        .map(({ name }) => `${source.path} imports ${name}`),
    );
    expect(foreign).toEqual([]);
  });

  it("has no barrels and no rooms without a subject", () => {
    expect(offenders((source) => /(^|\/)index\.tsx?$/.test(source.path))).toEqual([]);
    expect(
      offenders((source) => /(^|\/|-)(utils?|helpers?|common|manager)(\/|\.|-)/.test(source.path)),
    ).toEqual([]);
  });

  it("keeps what only tests use out of the sources", () => {
    const imported = new Set(SOURCES.flatMap((source) => source.imports.map(({ path }) => path)));
    const entry = /^(app\/|proxy\.ts|instrumentation\.ts)|\/worker\.ts$|\.d\.ts$/;
    const unused = SOURCES.filter((source) => !entry.test(source.path))
      .map((source) => source.path.replace(/\.tsx?$/, ""))
      .filter((path) => !imported.has(path));
    expect(unused).toEqual([]);
  });

  it("opens sockets to nodes in one room, and UDP in one other", () => {
    const opens = /^(node:)?(net|tls)$|^memjs/;
    // config/ and discovery/ tell addresses from names (`isIP`) and read certificates; they open nothing.
    const reads = (source: Source) =>
      within(source, "lib/config", "lib/discovery", "lib/model") &&
      !/\b(connect|createConnection|createSocket|createServer)\(/.test(source.text);
    expect(
      offenders(
        (source) => importsPackage(source, opens) && !within(source, "lib/memcached") && !reads(source),
      ),
    ).toEqual([]);
    expect(
      offenders(
        (source) =>
          importsPackage(source, /^(node:)?dgram$/) && !within(source, "lib/diagnostics/probes/udp"),
      ),
    ).toEqual([]);
  });

  it("opens databases in one room, and worker threads from the file that owns the store", () => {
    expect(offenders((source) => importsPackage(source, /^libsql$/) && !within(source, "lib/store"))).toEqual(
      [],
    );
    const threads = (source: Source) => importsPackage(source, /^(node:)?worker_threads$/);
    expect(
      offenders(
        (source) => threads(source) && !within(source, "lib/store") && !WORKER_OWNERS.has(source.path),
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

  it("keeps zod in files that end in .schema, in config/schema and in what describes the HTTP interface", () => {
    const zodFiles = /^lib\/(model\/http|config|http|access|actions)\/|\.schema\.ts$/;
    expect(offenders((source) => importsPackage(source, /^zod/) && !zodFiles.test(source.path))).toEqual([]);
  });

  it("keeps schemas out of what the browser loads", () => {
    const leaks = SOURCES.filter((source) =>
      within(source, "components", "lib/client", "lib/fleet-sync"),
    ).flatMap((source) =>
      source.imports
        .filter(
          ({ path, typeOnly }) => !typeOnly && path !== null && /\.schema$|^lib\/model\/http\//.test(path),
        )
        .map(({ path }) => `${source.path} imports ${path}`),
    );
    expect(leaks).toEqual([]);
  });

  it("keeps the model and the arithmetic pure", () => {
    const impure = SOURCES.filter((source) =>
      within(source, "lib/model", "lib/metrics", "lib/catalogue"),
    ).flatMap((source) =>
      source.imports
        .filter((one) => one.path === null && !["zod", "ipaddr.js"].includes(one.name))
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
