import { isDeepStrictEqual } from "node:util";
import { withTimeout } from "@/lib/concurrency/timeout";
import type { Configuration, ConfigurationSource, FleetNode, FleetPool } from "@/lib/config/contract";
import type { Notice } from "@/lib/model/fleet.schema";
import type { Marker } from "@/lib/model/series.schema";
import { MOST_TARGETS } from "./contract";
import { type MergedFleet, mergeFleet } from "./merge";
import { PolledSource } from "./polled-source";
import { openSource } from "./registry";

/** How long the start waits for the first answers: a page must not show an empty fleet that is not empty. */
const FIRST_ANSWERS_MS = 5_000;
/** Nodes that left lately, so that charts of their pool can say so. */
const MOST_DEPARTED = 1_000;
/** Overlaps are counted; so many are named. */
const NAMED_OVERLAPS = 3;

export interface DiscoveryOptions {
  /** Told of errors that are no mere refusal to answer. */
  readonly onDefect: (error: unknown) => void;
  /** Given to the history: nodes that came and went. */
  readonly onMarkers: (markers: Marker[]) => void;
  readonly firstAnswersMs?: number;
  readonly open?: typeof openSource;
}

interface Ongoing {
  readonly asking: PolledSource;
  /** Whether its nodes are new to the fleet: not so for the first list after a start, which was there before. */
  newcomers: boolean;
}

/**
 * A watched configuration whose nodes are those that are configured and those that the sources list. Sources are
 * opened and closed as the configuration changes; one that is merely set otherwise takes over the last good
 * list.
 */
export class DiscoveredFleet implements ConfigurationSource {
  readonly #listeners = new Set<() => void>();
  readonly #departed = new Map<string, string>();
  #ongoing: Ongoing[] = [];
  #configuration: Configuration;
  #merged: MergedFleet;
  #byId: ReadonlyMap<string, FleetNode> = new Map();
  #overlapSinceMs: number | null = null;
  #limitSinceMs: number | null = null;
  #started = false;
  #planned: NodeJS.Immediate | null = null;
  #closed = false;

  /** Opens every source at once and waits, within a limit, until each has been asked. */
  static async open(source: ConfigurationSource, options: DiscoveryOptions): Promise<DiscoveredFleet> {
    const fleet = new DiscoveredFleet(source, options);
    const firsts = fleet.#ongoing.map(({ asking }) => asking.first);
    if (firsts.length > 0) {
      await withTimeout(Promise.all(firsts), options.firstAnswersMs ?? FIRST_ANSWERS_MS, () => undefined);
      fleet.#rebuild();
    }
    fleet.#started = true;
    return fleet;
  }

  private constructor(
    private readonly source: ConfigurationSource,
    private readonly options: DiscoveryOptions,
  ) {
    this.#configuration = source.current();
    this.#reconcile();
    this.#merged = this.#merge();
    this.#take(this.#merged);
    source.onChange(() => {
      this.#reconcile();
      this.#rebuild();
      this.#publish();
    });
  }

  current(): Configuration {
    return this.#configuration;
  }

  rejected(): ReturnType<ConfigurationSource["rejected"]> {
    return this.source.rejected();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#closed = true;
    if (this.#planned !== null) clearImmediate(this.#planned);
    for (const { asking } of this.#ongoing) asking.close();
    this.#listeners.clear();
    this.source.close();
  }

  /** The pools that sources fill. */
  get discoveredPools(): readonly FleetPool[] {
    const { pools, discovery } = this.#configuration;
    const filled = new Set(discovery.map(({ pool }) => pool));
    return pools.filter(({ name }) => filled.has(name));
  }

  /** Nodes that left since the start, of one of these pools; all for null. */
  departed(pools: readonly string[] | null): string[] {
    const left = [...this.#departed].filter(([, pool]) => pools === null || pools.includes(pool));
    return left.map(([id]) => id);
  }

  /** What discovery has to say on every page. */
  notices(): Notice[] {
    const notices = this.#ongoing.flatMap(({ asking }) => noticesOf(asking));
    const { overlaps, dropped: leftOut } = this.#merged;
    if (this.#overlapSinceMs !== null) {
      const named = overlaps
        .slice(0, NAMED_OVERLAPS)
        .map(({ id, pool, also }) => `${id} stays in ${pool}, though ${also} lists it too`);
      if (overlaps.length > named.length) named.push(`${overlaps.length - named.length} more`);
      notices.push({ code: "discoveryOverlap", detail: named.join("; "), sinceMs: this.#overlapSinceMs });
    }
    if (this.#limitSinceMs !== null) {
      const detail = `${leftOut} nodes left out; at most ${MOST_TARGETS} are taken`;
      notices.push({ code: "discoveryLimit", detail, sinceMs: this.#limitSinceMs });
    }
    return notices;
  }

  /** Opens the sources that are new, closes those that are gone, and leaves the others alone. */
  #reconcile(): void {
    const left = [...this.#ongoing];
    const takeOut = (fits: (asking: PolledSource) => boolean): Ongoing | undefined => {
      const at = left.findIndex(({ asking }) => fits(asking));
      return at < 0 ? undefined : left.splice(at, 1)[0];
    };
    const wanted = this.source
      .current()
      .discovery.flatMap(({ pool, sources }) => sources.map((settings) => ({ pool, settings })));
    const kept = wanted.map(({ pool, settings }) =>
      takeOut((asking) => asking.pool === pool && isDeepStrictEqual(asking.settings, settings)),
    );
    this.#ongoing = wanted.map(({ pool, settings }, index) => {
      const ongoing = kept[index];
      if (ongoing !== undefined) return ongoing;
      const replaced = takeOut((asking) => asking.pool === pool && asking.settings.name === settings.name);
      replaced?.asking.close();
      const asking = new PolledSource(pool, settings, {
        open: this.options.open ?? openSource,
        onChange: () => this.#plan(),
        onDefect: this.options.onDefect,
        known: replaced?.asking.known,
      });
      return { asking, newcomers: replaced?.newcomers ?? this.#started };
    });
    for (const { asking } of left) asking.close();
  }

  /** Answers come together: one rebuilding for all that come in one turn of the event loop. */
  #plan(): void {
    if (!this.#started || this.#closed || this.#planned !== null) return;
    this.#planned = setImmediate(() => {
      this.#planned = null;
      try {
        this.#rebuild();
        this.#publish();
      } catch (error) {
        this.options.onDefect(error);
      }
    });
  }

  #merge(): MergedFleet {
    const { nodes, pools, discovery } = this.source.current();
    const listed = this.#ongoing.map(({ asking }) => ({
      pool: asking.pool,
      source: asking.settings.name,
      targets: asking.known.targets ?? [],
    }));
    return mergeFleet(nodes, pools, discovery, listed, this.#byId);
  }

  #rebuild(): void {
    const before = this.#byId;
    const sourcesBefore = this.#merged.sources;
    const merged = this.#merge();
    this.#take(merged);
    const quiet = new Set<string>();
    for (const ongoing of this.#ongoing) {
      const { targets } = ongoing.asking.known;
      if (ongoing.newcomers || targets === null) continue;
      ongoing.newcomers = true;
      for (const { id } of targets) quiet.add(id);
    }
    const atMs = Date.now();
    const markers: Marker[] = [];
    const mark = (kind: "added" | "removed", { id, pool }: FleetNode, source: string | undefined) => {
      const text = source === undefined ? `pool ${pool}` : `pool ${pool}, ${source}`;
      markers.push({ atMs, node: id, kind, text });
    };
    for (const [id, node] of before) {
      if (this.#byId.has(id)) continue;
      mark("removed", node, sourcesBefore.get(id));
      this.#departed.delete(id);
      this.#departed.set(id, node.pool);
    }
    for (const [id, node] of this.#byId) {
      if (before.has(id)) continue;
      this.#departed.delete(id);
      if (!quiet.has(id)) mark("added", node, merged.sources.get(id));
    }
    for (const id of this.#departed.keys()) {
      if (this.#departed.size <= MOST_DEPARTED) break;
      this.#departed.delete(id);
    }
    if (markers.length > 0) this.options.onMarkers(markers);
  }

  #take(merged: MergedFleet): void {
    this.#merged = merged;
    this.#configuration = { ...this.source.current(), nodes: merged.nodes };
    this.#byId = new Map(merged.nodes.map((node) => [node.id, node]));
    this.#overlapSinceMs = merged.overlaps.length === 0 ? null : (this.#overlapSinceMs ?? Date.now());
    this.#limitSinceMs = merged.dropped === 0 ? null : (this.#limitSinceMs ?? Date.now());
  }

  #publish(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function noticesOf({ pool, settings, known }: PolledSource): Notice[] {
  const { targets, failure, incomplete } = known;
  const source = settings.name;
  const notices: Notice[] = [];
  if (failure !== null) {
    notices.push({ code: "discoveryFailed", pool, source, nodes: targets?.length ?? 0, ...failure });
  }
  if (incomplete !== null) notices.push({ code: "discoveryIncomplete", pool, source, ...incomplete });
  return notices;
}
