import { isDeepStrictEqual } from "node:util";
import { withTimeout } from "@/lib/concurrency/timeout";
import type { Configuration, ConfigurationSource, FleetNode, FleetPool } from "@/lib/config/contract";
import type { Notice } from "@/lib/model/fleet.schema";
import type { Marker } from "@/lib/model/series.schema";
import { MAX_TARGETS } from "./contract";
import { type MergedFleet, mergeFleet } from "./merge";
import { PolledSource } from "./polled-source";
import { openSource } from "./registry";

/** How long the start waits for the first lists, so that pages do not show a fleet as empty that is not. */
const FIRST_LISTS_MS = 5_000;
/** Removed nodes that are remembered, so that charts of their pool can mark them. */
const MAX_DEPARTED = 1_000;
/** Overlaps that are described; the others are only counted. */
const MAX_DESCRIBED = 3;

export interface DiscoveryOptions {
  /** Called for errors other than an unavailable source. */
  readonly onDefect: (error: unknown) => void;
  /** Called with the markers of added and removed nodes. */
  readonly onMarkers: (markers: Marker[]) => void;
  readonly firstAnswersMs?: number;
  readonly open?: typeof openSource;
}

interface ActiveSource {
  readonly polled: PolledSource;
  /** Whether its new nodes get a marker: not those of the first list after a start, which existed before. */
  marksNewNodes: boolean;
}

/**
 * A watched configuration whose nodes are the configured ones and those that the sources list. Sources are opened and
 * closed as the configuration changes; one whose settings change keeps its last good list.
 */
export class DiscoveredFleet implements ConfigurationSource {
  private readonly listeners = new Set<() => void>();
  private readonly removed = new Map<string, string>();
  private active: ActiveSource[] = [];
  private configuration: Configuration;
  private merged: MergedFleet;
  private byId: ReadonlyMap<string, FleetNode> = new Map();
  private overlapSinceMs: number | null = null;
  private limitSinceMs: number | null = null;
  private started = false;
  private pendingRebuild: NodeJS.Immediate | null = null;
  private closed = false;

  /** Opens all sources at once and waits, within a limit, for the first read of each. */
  static async open(source: ConfigurationSource, options: DiscoveryOptions): Promise<DiscoveredFleet> {
    const fleet = new DiscoveredFleet(source, options);
    const firsts = fleet.active.map(({ polled }) => polled.first);
    if (firsts.length > 0) {
      await withTimeout(Promise.all(firsts), options.firstAnswersMs ?? FIRST_LISTS_MS, () => undefined);
      fleet.rebuild();
    }
    fleet.started = true;
    return fleet;
  }

  private constructor(
    private readonly source: ConfigurationSource,
    private readonly options: DiscoveryOptions,
  ) {
    this.configuration = source.current();
    this.reconcile();
    this.merged = this.merge();
    this.apply(this.merged);
    source.onChange(() => {
      this.reconcile();
      this.rebuild();
      this.publish();
    });
  }

  current(): Configuration {
    return this.configuration;
  }

  rejected(): ReturnType<ConfigurationSource["rejected"]> {
    return this.source.rejected();
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): void {
    this.closed = true;
    if (this.pendingRebuild !== null) clearImmediate(this.pendingRebuild);
    for (const { polled } of this.active) polled.close();
    this.listeners.clear();
    this.source.close();
  }

  /** The pools that sources fill. */
  get discoveredPools(): readonly FleetPool[] {
    const { pools, discovery } = this.configuration;
    const filled = new Set(discovery.map(({ pool }) => pool));
    return pools.filter(({ name }) => filled.has(name));
  }

  /** Nodes removed since the start from these pools; from all for null. */
  departed(pools: readonly string[] | null): string[] {
    const removed = [...this.removed].filter(([, pool]) => pools === null || pools.includes(pool));
    return removed.map(([id]) => id);
  }

  /** Notices of discovery, shown on every page. */
  notices(): Notice[] {
    const notices = this.active.flatMap(({ polled }) => noticesOf(polled));
    const { overlaps, dropped } = this.merged;
    if (this.overlapSinceMs !== null) {
      const described = overlaps
        .slice(0, MAX_DESCRIBED)
        .map(({ id, pool, also }) => `${id} stays in pool ${pool}; pool ${also} lists it too`);
      if (overlaps.length > described.length) described.push(`${overlaps.length - described.length} more`);
      notices.push({ code: "discoveryOverlap", detail: described.join("; "), sinceMs: this.overlapSinceMs });
    }
    if (this.limitSinceMs !== null) {
      const detail = `${dropped} nodes skipped beyond the limit of ${MAX_TARGETS}`;
      notices.push({ code: "discoveryLimit", detail, sinceMs: this.limitSinceMs });
    }
    return notices;
  }

  /** Opens new sources, closes removed ones, and keeps the others. */
  private reconcile(): void {
    const unused = [...this.active];
    const takeOut = (fits: (polled: PolledSource) => boolean): ActiveSource | undefined => {
      const at = unused.findIndex(({ polled }) => fits(polled));
      return at < 0 ? undefined : unused.splice(at, 1)[0];
    };
    const wanted = this.source
      .current()
      .discovery.flatMap(({ pool, sources }) => sources.map((settings) => ({ pool, settings })));
    const unchanged = wanted.map(({ pool, settings }) =>
      takeOut((polled) => polled.pool === pool && isDeepStrictEqual(polled.settings, settings)),
    );
    this.active = wanted.map(({ pool, settings }, index) => {
      const active = unchanged[index];
      if (active !== undefined) return active;
      const replaced = takeOut((polled) => polled.pool === pool && polled.settings.name === settings.name);
      replaced?.polled.close();
      const polled = new PolledSource(pool, settings, {
        open: this.options.open ?? openSource,
        onChange: () => this.scheduleRebuild(),
        onDefect: this.options.onDefect,
        last: replaced?.polled.last,
      });
      return { polled, marksNewNodes: replaced?.marksNewNodes ?? this.started };
    });
    for (const { polled } of unused) polled.close();
  }

  /** One rebuild for all lists that arrive in the same tick of the event loop. */
  private scheduleRebuild(): void {
    if (!this.started || this.closed || this.pendingRebuild !== null) return;
    this.pendingRebuild = setImmediate(() => {
      this.pendingRebuild = null;
      try {
        this.rebuild();
        this.publish();
      } catch (error) {
        this.options.onDefect(error);
      }
    });
  }

  private merge(): MergedFleet {
    const { nodes, pools, discovery } = this.source.current();
    const listed = this.active.map(({ polled }) => ({
      pool: polled.pool,
      source: polled.settings.name,
      targets: polled.last.targets ?? [],
    }));
    return mergeFleet(nodes, pools, discovery, listed, this.byId);
  }

  private rebuild(): void {
    const before = this.byId;
    const sourcesBefore = this.merged.sources;
    const merged = this.merge();
    this.apply(merged);
    const unmarked = new Set<string>();
    for (const active of this.active) {
      const { targets } = active.polled.last;
      if (active.marksNewNodes || targets === null) continue;
      active.marksNewNodes = true;
      for (const { id } of targets) unmarked.add(id);
    }
    const atMs = Date.now();
    const markers: Marker[] = [];
    const mark = (kind: "added" | "removed", { id, pool }: FleetNode, source: string | undefined) => {
      const text = source === undefined ? `pool ${pool}` : `pool ${pool}, ${source}`;
      markers.push({ atMs, node: id, kind, text });
    };
    for (const [id, node] of before) {
      if (this.byId.has(id)) continue;
      mark("removed", node, sourcesBefore.get(id));
      this.removed.delete(id);
      this.removed.set(id, node.pool);
    }
    for (const [id, node] of this.byId) {
      if (before.has(id)) continue;
      this.removed.delete(id);
      if (!unmarked.has(id)) mark("added", node, merged.sources.get(id));
    }
    for (const id of this.removed.keys()) {
      if (this.removed.size <= MAX_DEPARTED) break;
      this.removed.delete(id);
    }
    if (markers.length > 0) this.options.onMarkers(markers);
  }

  private apply(merged: MergedFleet): void {
    this.merged = merged;
    this.configuration = { ...this.source.current(), nodes: merged.nodes };
    this.byId = new Map(merged.nodes.map((node) => [node.id, node]));
    this.overlapSinceMs = merged.overlaps.length === 0 ? null : (this.overlapSinceMs ?? Date.now());
    this.limitSinceMs = merged.dropped === 0 ? null : (this.limitSinceMs ?? Date.now());
  }

  private publish(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

function noticesOf({ pool, settings, last }: PolledSource): Notice[] {
  const { targets, failure, incomplete } = last;
  const source = settings.name;
  const notices: Notice[] = [];
  if (failure !== null) {
    notices.push({ code: "discoveryFailed", pool, source, nodes: targets?.length ?? 0, ...failure });
  }
  if (incomplete !== null) notices.push({ code: "discoveryIncomplete", pool, source, ...incomplete });
  return notices;
}
