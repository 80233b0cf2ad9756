/**
 * The state of one node: its newest sample, its health, and the recent past. Pure: callers report what happened and
 * when; it reads nothing itself.
 */

import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import type { FleetNode } from "@/lib/config/contract";
import type { NodeClient } from "@/lib/memcached/contract";
import {
  addStep,
  firstStep,
  type Interval,
  type ObservedProcess,
  observedProcess,
  type Sample,
  step,
} from "@/lib/metrics/counters";
import { flushTimes } from "@/lib/metrics/flush";
import { RecentCounters } from "@/lib/metrics/recent";
import { CLOCK_TOLERANCE_SECONDS } from "@/lib/metrics/server-process";
import type { RememberedFlushes } from "@/lib/model/node/flush";
import type { NodeStatus } from "@/lib/model/node/node-status";
import type { ReasonCode } from "@/lib/model/node/reasons";
import type { Marker } from "@/lib/model/series.schema";
import { MINUTE_MS } from "@/lib/model/time";
import { FlushAttributions, flushSender } from "./flush-attribution";
import { NO_FACTS, type NodeFacts } from "./node-facts";
import { NodeHealth } from "./node-health";

const LATENCY = requiredSlot("latency");
const CMD_FLUSH = requiredSlot("cmd_flush");
const TIME = requiredSlot("time");
const UPTIME = requiredSlot("uptime");

/** Scratch for the newest step. Shared: each record uses it synchronously. */
const stepValues = emptyValues();

/** A sample of the same process is kept for this long, to notice restarts that are a second apart. */
const ANCHOR_MS = MINUTE_MS;

/** The offset of a node's clock, its `time` less our monotonic clock in seconds, at one reading. */
interface ClockReading {
  readonly offset: number;
  readonly monoMs: number;
}

/** A clock that did not advance as ours did. */
interface ClockSuspicion {
  /** Before that. */
  readonly steadyOffset: number;
  readonly detail: string;
  /** Since when it may be running normally again. */
  since: ClockReading;
}

/** A clock that ticks once a second runs normally when its offset has stayed the same this long. */
const CONTINUES_MS = 3_000;
const CONTINUES_SECONDS = 1.5;
/** A clock may tick this late while its server is busy or suspended. */
const LATE_SECONDS = 10;

/** `oldest` has whole seconds, and a delayed flush fires up to 2 s early. */
const FLUSH_TOLERANCE_MS = 4_000;

/** Two clocks read together: `monoMs` never jumps, `wallMs` is Unix time. */
export interface Instant {
  readonly monoMs: number;
  readonly wallMs: number;
}

export class NodeRecord {
  readonly health = new NodeHealth();
  version: string | null = null;
  /** Names of its stats that the catalogue does not have. */
  unlisted: readonly string[] = [];
  /** When the newest sample was taken, Unix milliseconds. */
  sampledMs: number | null = null;
  sampledMonoMs = Number.NEGATIVE_INFINITY;
  latencyMs: number | null = null;
  lastRestartMs: number | null = null;
  lastFlushMs: number | null = null;
  pendingFlushMs: number | null = null;
  facts: NodeFacts = NO_FACTS;
  /** When the facts were read, monotonic. */
  factsReadMonoMs = Number.NEGATIVE_INFINITY;
  /** When the slower groups were requested, monotonic; they are read again a minute later. */
  factsMonoMs = Number.NEGATIVE_INFINITY;
  /** The facts were due and gave way to the first polls of other nodes; that happens once. */
  factsDeferred = false;
  /** Not to be polled before this, on the monotonic clock: a refused sign-in is retried once a minute. */
  notBeforeMs = Number.NEGATIVE_INFINITY;
  busy = false;
  /** Grows with every change that a page would show. */
  revision = 0;

  readonly recent = new RecentCounters();
  readonly flushes = new FlushAttributions();
  /** Grows whenever the attribution of flushes changes and should be saved. */
  flushesCounted = 0;
  private values = emptyValues();
  private nextValues = emptyValues();
  private hasSample = false;
  /** The address that the newest sample came from, if the host is a name. */
  private ip: string | null = null;
  /** An earlier sample of the same process. */
  private anchor: ObservedProcess | null = null;
  /** Steps not yet in the history: counters summed, gauges at their newest level. */
  private pending: Float64Array | null = null;
  private pendingSeconds = Number.NaN;
  private hasPending = false;
  /** The largest value that each difference was exported as. */
  private readonly shown = new Map<string, number>();
  /** The node's `time` less our monotonic clock, in seconds, when they last agreed on elapsed time. */
  private clockOffset = Number.NaN;
  private clockOffsetMonoMs = Number.NEGATIVE_INFINITY;
  /** Since when its clock has been read. */
  private clockReadMonoMs = Number.NEGATIVE_INFINITY;
  private clockSuspicion: ClockSuspicion | null = null;

  constructor(
    readonly node: FleetNode,
    readonly client: NodeClient,
    /** Another process polls this node; its data comes from the shared history. */
    readonly polledByPeer = false,
    private readonly remembered: RememberedFlushes | null = null,
  ) {}

  get status(): NodeStatus {
    return this.health.status;
  }

  get reason(): ReasonCode | null {
    return this.health.reason;
  }

  /** The newest sample, one number per catalogue slot; all NaN before the first. */
  sample(): Float64Array {
    return this.values;
  }

  /** A buffer for the next sample; `succeeded` makes it the newest. */
  nextSample(): Float64Array {
    return this.nextValues;
  }

  /**
   * A difference of counters that can be exported as a counter: it never falls while the process lives. Servers count a
   * cas in two steps, so `cmd_set` minus the outcomes of cas is slightly too large when read in between.
   */
  steady(source: string, value: number): number {
    const steady = Math.max(value, this.shown.get(source) ?? value);
    this.shown.set(source, steady);
    return steady;
  }

  /** `nextSample` is complete. Returns markers. */
  succeeded(at: Instant, version: string | null, latencyMs: number, ip: string | null = null): Marker[] {
    const next = this.nextValues;
    next[LATENCY] = latencyMs * 1000;
    const sample: Sample = { values: next, atMs: at.monoMs };
    const markers = this.hasSample ? this.follow(at, sample, ip) : this.begin(sample);
    this.ip = ip;
    markers.push(...this.delayedFlushMarker(at, sample.values));
    this.nextValues = this.values;
    this.values = next;
    this.hasSample = true;
    this.version = version ?? this.version;
    this.latencyMs = latencyMs;
    this.sampledMs = at.wallMs;
    this.sampledMonoMs = at.monoMs;
    this.revision++;
    const wasUnknown = this.status === "unknown";
    if (this.health.succeeded(at.wallMs) && !wasUnknown) {
      markers.push(this.marker(at.wallMs, "up", "responds again"));
    }
    return markers;
  }

  /** A poll failed. Returns markers. */
  failed(at: Instant, reason: ReasonCode, detail: string | null): Marker[] {
    const wasUp = this.status === "up";
    if (this.health.failed(reason, detail, at.wallMs)) this.revision++;
    return wasUp ? [this.marker(at.wallMs, "down", reason)] : [];
  }

  /** A sample that another process took at `atMs`: gauges, and counters as differences over `elapsedSeconds`. */
  updateFromPeer(at: Instant, atMs: number, values: Float64Array, elapsedSeconds: number): void {
    const monoMs = at.monoMs - (at.wallMs - atMs);
    const latency = values[LATENCY] as number;
    this.values.set(values);
    this.latencyMs = Number.isNaN(latency) ? null : latency / 1_000;
    this.sampledMs = atMs;
    this.sampledMonoMs = monoMs;
    if (!Number.isNaN(elapsedSeconds)) this.recent.add(monoMs, values, elapsedSeconds);
    this.revision++;
    this.health.succeeded(atMs);
  }

  /** No other process has reported the node for long. Returns whether its status changed. */
  markStale(at: Instant): boolean {
    const changed = this.health.expired(at.wallMs);
    if (changed) this.revision++;
    return changed;
  }

  /** The slower groups were read at `at`. Returns markers. */
  updateFacts(facts: NodeFacts, at: Instant): Marker[] {
    this.facts = facts;
    this.factsReadMonoMs = at.monoMs;
    const [time, uptime] = [this.values[TIME] as number, this.values[UPTIME] as number];
    const times = flushTimes(facts.oldest, time, uptime, this.version);
    const { lastFlushMs, pendingFlushMs } = times;
    const previousMs = this.pendingFlushMs;
    this.revision++;
    this.lastFlushMs = lastFlushMs ?? (pendingFlushMs === null ? null : this.lastFlushMs);
    this.pendingFlushMs = pendingFlushMs;
    this.flushes.settingsRead(pendingFlushMs !== null);
    const fired =
      previousMs !== null && lastFlushMs !== null && Math.abs(lastFlushMs - previousMs) <= FLUSH_TOLERANCE_MS;
    return fired ? [this.flushTookEffect(at.wallMs)] : [];
  }

  /** What to remember of the current server process; null before the first sample or when its stats lack it. */
  flushesToRemember(): RememberedFlushes | null {
    const startedSeconds = (this.values[TIME] as number) - (this.values[UPTIME] as number);
    const cmdFlush = this.values[CMD_FLUSH] as number;
    if (Number.isNaN(startedSeconds) || Number.isNaN(cmdFlush)) return null;
    const { latest, effective } = this.flushes;
    return { startedSeconds, cmdFlush, origins: { latest, effective } };
  }

  /** Passes the steps since the last call to `take`, when there are any. The array is reused afterwards. */
  takeSteps(take: (values: Float64Array, elapsedSeconds: number) => void): void {
    if (!this.hasPending || this.pending === null) return;
    take(this.pending, this.pendingSeconds);
    this.hasPending = false;
    this.pendingSeconds = Number.NaN;
  }

  private begin(sample: Sample): Marker[] {
    this.startOver(sample);
    this.restoreFlushes(sample.values);
    return [];
  }

  /** Takes the sample as the first one of a server. */
  private startOver(sample: Sample): void {
    firstStep(sample, stepValues);
    this.clockOffset = (sample.values[TIME] as number) - sample.atMs / 1000;
    this.clockOffsetMonoMs = sample.atMs;
    this.clockReadMonoMs = sample.atMs;
    this.clockSuspicion = null;
    this.anchor = observedProcess(sample);
    this.addPending(Number.NaN);
  }

  /** The clock of a node drifts by a second; its flush count is exact. */
  private restoreFlushes(values: Float64Array): void {
    if (this.remembered === null) return;
    const { startedSeconds, cmdFlush, origins } = this.remembered;
    const started = (values[TIME] as number) - (values[UPTIME] as number);
    const same =
      Math.abs(started - startedSeconds) <= CLOCK_TOLERANCE_SECONDS && values[CMD_FLUSH] === cmdFlush;
    if (same) this.flushes.remember(origins);
  }

  private follow(at: Instant, sample: Sample, ip: string | null): Marker[] {
    if (this.ip !== null && ip !== null && this.ip !== ip) return this.move(at, sample, ip);
    const outcome = step({ values: this.values, atMs: this.sampledMonoMs }, sample, stepValues, {
      anchor: this.anchor ?? undefined,
      steadyOffset: this.clockOffset,
    });
    const old = sample.atMs - (this.anchor?.atMs ?? 0) >= ANCHOR_MS;
    if (outcome.kind !== "delta" || old) this.anchor = observedProcess(sample);
    const clock = this.watchClock(at, sample, outcome);
    if (outcome.kind === "delta") {
      this.addPending(outcome.elapsedSeconds);
      this.recent.add(at.monoMs, stepValues, outcome.elapsedSeconds);
      return [...clock, ...this.countFlushes(at, sample)];
    }
    this.addPending(Number.NaN);
    if (outcome.kind === "clock") return [...clock, ...this.countFlushes(at, sample)];
    this.forgetCounted();
    if (outcome.kind === "restart") {
      this.forgetProcess();
      const uptime = sample.values[UPTIME] as number;
      this.lastRestartMs = at.wallMs - (Number.isNaN(uptime) ? 0 : uptime * 1000);
    }
    return [this.marker(at.wallMs, outcome.kind, outcome.detail)];
  }

  /** The name leads to another address: no difference holds across, and nothing is known of that server. */
  private move(at: Instant, sample: Sample, ip: string): Marker[] {
    this.startOver(sample);
    this.forgetCounted();
    this.forgetProcess();
    this.lastRestartMs = null;
    return [this.marker(at.wallMs, "moved", `${this.ip} to ${ip}`)];
  }

  private forgetCounted(): void {
    this.shown.clear();
    this.flushes.forget();
    this.flushesCounted++;
    this.factsMonoMs = Number.NEGATIVE_INFINITY;
  }

  private forgetProcess(): void {
    this.recent.clear();
    this.facts = NO_FACTS;
    this.lastFlushMs = null;
    this.pendingFlushMs = null;
  }

  /**
   * A clock that differs and recovers was only late: a server that was suspended replies before it updates its clock. A
   * clock that continues normally, but stays off, has jumped, and gets its marker at that sample.
   */
  private watchClock(at: Instant, sample: Sample, outcome: Interval): Marker[] {
    const offset = (sample.values[TIME] as number) - at.monoMs / 1000;
    const suspicion = this.clockSuspicion;
    const late = outcome.kind === "delta" ? outcome.lateClock : undefined;
    if (late !== undefined && suspicion !== null) {
      suspicion.since = { offset, monoMs: at.monoMs };
      return [];
    }
    const detail = outcome.kind === "clock" ? outcome.detail : late;
    if (detail !== undefined && suspicion === null) {
      const since = { offset, monoMs: at.monoMs };
      this.clockSuspicion = { steadyOffset: this.clockOffset, detail, since };
      return [];
    }
    if (outcome.kind === "restart") this.clockOffset = Number.NaN;
    if (suspicion === null || outcome.kind === "restart") {
      this.clockSuspicion = null;
      this.keepSteadyOffset(offset, at.monoMs);
      return [];
    }
    const gained = offset - suspicion.steadyOffset;
    const returned = Math.abs(gained) <= CLOCK_TOLERANCE_SECONDS;
    if (!returned && !this.isRunning(suspicion, { offset, monoMs: at.monoMs })) return [];
    this.clockSuspicion = null;
    this.clockOffset = offset;
    this.clockOffsetMonoMs = at.monoMs;
    // Its first readings may have been late ones.
    const caughtUp = gained > 0 && gained <= LATE_SECONDS && at.monoMs - this.clockReadMonoMs < MINUTE_MS;
    return returned || caughtUp ? [] : [this.marker(at.wallMs, "clock", suspicion.detail)];
  }

  /** Whether a suspected clock has run normally for a while; one that stands still never does. */
  private isRunning(suspicion: ClockSuspicion, now: ClockReading): boolean {
    if (Math.abs(now.offset - suspicion.since.offset) > CONTINUES_SECONDS) {
      suspicion.since = now;
      return false;
    }
    return now.monoMs - suspicion.since.monoMs >= CONTINUES_MS;
  }

  /** A clock is only ever late within its ticks, so the largest offset of the last minute is the one without a delay. */
  private keepSteadyOffset(offset: number, monoMs: number): void {
    if (offset < this.clockOffset && monoMs - this.clockOffsetMonoMs < MINUTE_MS) return;
    this.clockOffset = offset;
    this.clockOffsetMonoMs = monoMs;
  }

  /** Marks flushes from outside. The action itself marks those of Memfleet. */
  private countFlushes(at: Instant, sample: Sample): Marker[] {
    const rise = (sample.values[CMD_FLUSH] as number) - (this.values[CMD_FLUSH] as number);
    if (!(rise > 0)) return [];
    this.factsMonoMs = Number.NEGATIVE_INFINITY;
    this.flushesCounted++;
    const { foreign } = this.flushes.counted(rise, at.monoMs);
    if (foreign === 0) return [];
    const times = foreign === 1 ? "" : ` ${foreign} times`;
    // A server started with -F counts the flushes that it refuses.
    const refused = this.client.capabilities().lacking.flush_all === "disabledBySetting";
    const what = refused ? "received and refused" : "received";
    return [this.marker(at.wallMs, "flush", `flush_all ${what}${times}, not from Memfleet`)];
  }

  /** Marks a delayed flush that is due by the node's own clock. */
  private delayedFlushMarker(at: Instant, values: Float64Array): Marker[] {
    const pendingMs = this.pendingFlushMs;
    const lateMs = (values[TIME] as number) * 1000 - (pendingMs ?? Number.NaN);
    if (pendingMs === null || !(lateMs >= 0)) return [];
    this.pendingFlushMs = null;
    this.lastFlushMs = pendingMs;
    this.factsMonoMs = Number.NEGATIVE_INFINITY;
    this.flushes.settingsRead(false);
    return [this.flushTookEffect(at.wallMs - lateMs)];
  }

  private flushTookEffect(atMs: number): Marker {
    this.flushesCounted++;
    const by = this.flushes.latest;
    const sender = flushSender(by);
    const text = `delayed flush_all takes effect${sender === "" ? "" : ` (${sender})`}`;
    return this.marker(Math.round(atMs), by?.ours ? "action" : "flush", text);
  }

  private addPending(elapsedSeconds: number): void {
    this.pending ??= emptyValues();
    if (this.hasPending) {
      addStep(this.pending, stepValues);
      if (Number.isNaN(this.pendingSeconds)) this.pendingSeconds = elapsedSeconds;
      else if (!Number.isNaN(elapsedSeconds)) this.pendingSeconds += elapsedSeconds;
    } else {
      this.pending.set(stepValues);
      this.pendingSeconds = elapsedSeconds;
      this.hasPending = true;
    }
  }

  private marker(atMs: number, kind: Marker["kind"], text: string): Marker {
    return { atMs, node: this.node.id, kind, text };
  }
}
