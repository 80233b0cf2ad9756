/**
 * What is known of one node: its newest sample, its status with the reason, and the recent past. Pure state:
 * it is told what happened and when, and asks nobody.
 */

import { type ReasonCode, statusOf } from "@/lib/catalogue/reasons";
import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import type { FleetNode } from "@/lib/config/contract";
import type { NodeClient } from "@/lib/memcached/contract";
import { addStep, firstStep, type Interval, type Sample, step } from "@/lib/metrics/counters";
import { RecentCounters } from "@/lib/metrics/recent";
import type { NodeStatus } from "@/lib/model/node/node-status";
import type { Marker } from "@/lib/model/series.schema";
import { type AttributedFlushes, FlushAttributions, flushSender } from "./flush-attribution";
import { factsFlushTimes, NO_FACTS, type NodeFacts } from "./node-facts";

const LATENCY = requiredSlot("latency");
const CMD_FLUSH = requiredSlot("cmd_flush");
const TIME = requiredSlot("time");
const UPTIME = requiredSlot("uptime");

/** The newest step, between being worked out and being kept: one record at a time, without a pause. */
const stepValues = emptyValues();

/** Whole seconds and a busy server make a steady clock wander by this much. */
const CLOCK_TOLERANCE_SECONDS = 2;

/** `oldest` tells whole seconds, and a delayed flush fires up to 2 s early. */
const FLUSH_TOLERANCE_MS = 4_000;

/** What an earlier Memfleet knew of a node's flushes; it holds for one process and one count. */
export interface RememberedFlushes {
  readonly startedSeconds: number;
  readonly cmdFlush: number;
  readonly origins: AttributedFlushes;
}

/** Two clocks read together: `monoMs` never jumps, `wallMs` is Unix time. */
export interface Instant {
  readonly monoMs: number;
  readonly wallMs: number;
}

export class NodeRecord {
  status: NodeStatus = "unknown";
  reason: ReasonCode | null = null;
  /** What was seen when the reason arose, in English. */
  reasonDetail: string | null = null;
  statusSinceMs: number | null = null;
  version: string | null = null;
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
  /** When the slower groups were asked for, monotonic; they are asked again a minute later. */
  factsMonoMs = Number.NEGATIVE_INFINITY;
  /** They were due and made way for the first polls of others; that happens once. */
  factsDeferred = false;
  /** Not to be asked before this, on the monotonic clock: a refused sign-in is tried once a minute. */
  notBeforeMs = Number.NEGATIVE_INFINITY;
  busy = false;
  /** Timeouts in a row that may have been our own. */
  ownTimeouts = 0;
  /** Grows with every change that a page would show. */
  revision = 0;

  readonly recent = new RecentCounters();
  readonly flushes = new FlushAttributions();
  /** Grows with every flush that was counted: what is known of them is worth keeping. */
  flushesCounted = 0;
  private values = emptyValues();
  private nextValues = emptyValues();
  private hasSample = false;
  /** Steps not yet in history: differences added up, newest levels. */
  private unswept: Float64Array | null = null;
  private unsweptSeconds = Number.NaN;
  private hasUnswept = false;
  /** The largest that each difference has been shown as. */
  private readonly shown = new Map<string, number>();
  /** The node's `time` less our monotonic clock, in seconds, when they last agreed on elapsed time. */
  private clockOffset = Number.NaN;
  private clockSuspicion: { readonly steadyOffset: number; readonly detail: string } | null = null;

  constructor(
    readonly node: FleetNode,
    readonly client: NodeClient,
    /** Another process asks this node; here it is only told of. */
    readonly polledByPeer = false,
    private readonly remembered: RememberedFlushes | null = null,
  ) {}

  /** The newest sample, one number per catalogue slot; all NaN before the first. */
  sample(): Float64Array {
    return this.values;
  }

  /** Where the next sample may be written; it becomes `sample()` only through `succeeded`. */
  nextSample(): Float64Array {
    return this.nextValues;
  }

  /**
   * A difference of counters as it may be shown as a counter. Servers count a cas in two steps, so that `cmd_set` less
   * the outcomes of cas is a little too large when they are asked in between: it never falls while the process lives.
   */
  steady(source: string, value: number): number {
    const steady = Math.max(value, this.shown.get(source) ?? value);
    this.shown.set(source, steady);
    return steady;
  }

  /** The draft is a whole sample. Returns what is worth a marker. */
  succeeded(at: Instant, version: string | null, latencyMs: number): Marker[] {
    const next = this.nextValues;
    next[LATENCY] = latencyMs * 1000;
    const reading: Sample = { values: next, atMs: at.monoMs };
    const markers = this.hasSample ? this.follow(at, reading) : this.begin(reading);
    markers.push(...this.delayedFlushMarker(at, reading.values));
    this.nextValues = this.values;
    this.values = next;
    this.hasSample = true;
    this.version = version ?? this.version;
    this.latencyMs = latencyMs;
    this.sampledMs = at.wallMs;
    this.sampledMonoMs = at.monoMs;
    this.revision++;
    const wasUnknown = this.status === "unknown";
    if (this.changeStatus("up", null, null, at.wallMs) && !wasUnknown) {
      markers.push(this.marker(at.wallMs, "up", "answers again"));
    }
    return markers;
  }

  /** The node could not be asked. Returns what is worth a marker. */
  failed(at: Instant, reason: ReasonCode, seen: string | null): Marker[] {
    const status = statusOf(reason);
    const wasUp = this.status === "up";
    const sameReason = this.reason === reason;
    if (!sameReason || this.status !== status) this.revision++;
    this.reasonDetail = seen;
    const changed = this.changeStatus(status, reason, seen, at.wallMs);
    this.reason = reason;
    return changed && wasUp ? [this.marker(at.wallMs, "down", reason)] : [];
  }

  /** Another process has asked the node at `atMs`: levels, and counters as differences over so many seconds. */
  updateFromPeer(at: Instant, atMs: number, figures: Float64Array, elapsedSeconds: number): void {
    const monoMs = at.monoMs - (at.wallMs - atMs);
    const latency = figures[LATENCY] as number;
    this.values.set(figures);
    this.latencyMs = Number.isNaN(latency) ? null : latency / 1_000;
    this.sampledMs = atMs;
    this.sampledMonoMs = monoMs;
    if (!Number.isNaN(elapsedSeconds)) this.recent.add(monoMs, figures, elapsedSeconds);
    this.revision++;
    this.changeStatus("up", null, null, atMs);
  }

  /** Nobody has told of the node for long. Returns whether that is news. */
  markStale(at: Instant): boolean {
    return this.changeStatus("unknown", null, null, at.wallMs);
  }

  /** The slower groups were read; `at` is when. Returns what is worth a marker. */
  updateFacts(facts: NodeFacts, at: Instant): Marker[] {
    this.facts = facts;
    this.factsReadMonoMs = at.monoMs;
    const times = factsFlushTimes(facts, this.values[TIME] as number, this.values[UPTIME] as number);
    const { lastFlushMs, pendingFlushMs } = times;
    const was = this.pendingFlushMs;
    this.revision++;
    this.lastFlushMs = lastFlushMs ?? (pendingFlushMs === null ? null : this.lastFlushMs);
    this.pendingFlushMs = pendingFlushMs;
    this.flushes.settled(pendingFlushMs !== null);
    const fired = was !== null && lastFlushMs !== null && Math.abs(lastFlushMs - was) <= FLUSH_TOLERANCE_MS;
    return fired ? [this.effect(at.wallMs)] : [];
  }

  /** Of the process that answers now, for later: null before the first sample, or when it does not tell. */
  flushesToRemember(): RememberedFlushes | null {
    const startedSeconds = (this.values[TIME] as number) - (this.values[UPTIME] as number);
    const cmdFlush = this.values[CMD_FLUSH] as number;
    if (Number.isNaN(startedSeconds) || Number.isNaN(cmdFlush)) return null;
    const { latest, effective } = this.flushes;
    return { startedSeconds, cmdFlush, origins: { latest, effective } };
  }

  /** Hands the steps since the last call to `take`, when there are any. The array is reused afterwards. */
  sweep(take: (values: Float64Array, elapsedSeconds: number) => void): void {
    if (!this.hasUnswept || this.unswept === null) return;
    take(this.unswept, this.unsweptSeconds);
    this.hasUnswept = false;
    this.unsweptSeconds = Number.NaN;
  }

  private begin(reading: Sample): Marker[] {
    firstStep(reading, stepValues);
    this.clockOffset = (reading.values[TIME] as number) - reading.atMs / 1000;
    this.keep(Number.NaN);
    this.rememberFlushes(reading.values);
    return [];
  }

  /** The clock of a node wanders by a second; its count does not. */
  private rememberFlushes(values: Float64Array): void {
    if (this.remembered === null) return;
    const { startedSeconds, cmdFlush, origins } = this.remembered;
    const began = (values[TIME] as number) - (values[UPTIME] as number);
    const same =
      Math.abs(began - startedSeconds) <= CLOCK_TOLERANCE_SECONDS && values[CMD_FLUSH] === cmdFlush;
    if (same) this.flushes.remember(origins);
  }

  private follow(at: Instant, reading: Sample): Marker[] {
    const outcome = step({ values: this.values, atMs: this.sampledMonoMs }, reading, stepValues);
    const clock = this.watchClock(at, reading, outcome);
    if (outcome.kind === "delta") {
      this.keep(outcome.elapsedSeconds);
      this.recent.add(at.monoMs, stepValues, outcome.elapsedSeconds);
      return [...clock, ...this.flushed(at, reading)];
    }
    this.keep(Number.NaN);
    if (outcome.kind === "clock") return [...clock, ...this.flushed(at, reading)];
    this.shown.clear();
    this.flushes.forget();
    this.flushesCounted++;
    if (outcome.kind === "restart") {
      this.recent.clear();
      this.facts = NO_FACTS;
      this.lastFlushMs = null;
      this.pendingFlushMs = null;
      this.lastRestartMs = at.wallMs - (reading.values[UPTIME] as number) * 1000;
    }
    this.factsMonoMs = Number.NEGATIVE_INFINITY;
    return [this.marker(at.wallMs, outcome.kind, outcome.detail)];
  }

  /**
   * A clock that differs once and comes back was only late: a server that was stopped answers before it has
   * looked at its own clock again. A clock that stays elsewhere has jumped, and gets its marker then.
   */
  private watchClock(at: Instant, reading: Sample, outcome: Interval): Marker[] {
    const offset = (reading.values[TIME] as number) - at.monoMs / 1000;
    const suspicion = this.clockSuspicion;
    if (outcome.kind === "clock" && suspicion === null) {
      this.clockSuspicion = { steadyOffset: this.clockOffset, detail: outcome.detail };
      return [];
    }
    if (suspicion === null || outcome.kind === "restart") {
      this.clockSuspicion = null;
      this.clockOffset = offset;
      return [];
    }
    this.clockSuspicion = null;
    this.clockOffset = offset;
    const returned = Math.abs(offset - suspicion.steadyOffset) <= CLOCK_TOLERANCE_SECONDS;
    return returned ? [] : [this.marker(at.wallMs, "clock", suspicion.detail)];
  }

  /** Ours get their marker from the action itself, with who did it. */
  private flushed(at: Instant, reading: Sample): Marker[] {
    const rise = (reading.values[CMD_FLUSH] as number) - (this.values[CMD_FLUSH] as number);
    if (!(rise > 0)) return [];
    this.factsMonoMs = Number.NEGATIVE_INFINITY;
    this.flushesCounted++;
    const { foreign } = this.flushes.counted(rise, at.monoMs);
    if (foreign === 0) return [];
    const times = foreign === 1 ? "" : ` ${foreign} times`;
    // A server started with -F counts what it refuses.
    const refused = this.client.capabilities().lacking.flush_all === "disabledBySetting";
    const what = refused ? "received and refused" : "received";
    return [this.marker(at.wallMs, "flush", `flush_all ${what}${times}, not from Memfleet`)];
  }

  /** A delayed flush whose time has come, by the node's own clock. */
  private delayedFlushMarker(at: Instant, values: Float64Array): Marker[] {
    const pendingMs = this.pendingFlushMs;
    const late = (values[TIME] as number) * 1000 - (pendingMs ?? Number.NaN);
    if (pendingMs === null || !(late >= 0)) return [];
    this.pendingFlushMs = null;
    this.lastFlushMs = pendingMs;
    this.factsMonoMs = Number.NEGATIVE_INFINITY;
    this.flushes.settled(false);
    return [this.effect(at.wallMs - late)];
  }

  private effect(atMs: number): Marker {
    this.flushesCounted++;
    const by = this.flushes.latest;
    const who = flushSender(by);
    const text = `delayed flush_all takes effect${who === "" ? "" : ` (${who})`}`;
    return this.marker(Math.round(atMs), by?.ours ? "action" : "flush", text);
  }

  private keep(elapsedSeconds: number): void {
    this.unswept ??= emptyValues();
    if (this.hasUnswept) {
      addStep(this.unswept, stepValues);
      if (Number.isNaN(this.unsweptSeconds)) this.unsweptSeconds = elapsedSeconds;
      else if (!Number.isNaN(elapsedSeconds)) this.unsweptSeconds += elapsedSeconds;
    } else {
      this.unswept.set(stepValues);
      this.unsweptSeconds = elapsedSeconds;
      this.hasUnswept = true;
    }
  }

  private changeStatus(
    status: NodeStatus,
    reason: ReasonCode | null,
    seen: string | null,
    wallMs: number,
  ): boolean {
    if (this.status === status) return false;
    this.status = status;
    this.reason = reason;
    this.reasonDetail = seen;
    this.statusSinceMs = wallMs;
    this.revision++;
    return true;
  }

  private marker(atMs: number, kind: Marker["kind"], text: string): Marker {
    return { atMs, node: this.node.id, kind, text };
  }
}
