import { requiredSlot } from "@/lib/catalogue/stats";
import { newProcess, serverProcess, UNKNOWN_PROCESS } from "@/lib/metrics/server-process";
import { InternPool } from "@/lib/model/intern-pool";
import { capabilitiesOf, type NodeFacts, type StatsRefusal } from "./capabilities";
import type { CapabilityReport, NodeDialect, StatsEntries } from "./contract";

const EXTSTORE = requiredSlot("extstore_page_allocs");
const PROXY = requiredSlot("proxy_conn_requests");

/** Shares the settings of nodes with the same configuration: there can be thousands of clients. */
const settingsPool = new InternPool<ReadonlyMap<string, string>>(1_024);

/** What a client has learned about its node. It is valid for one server process; a new process resets it. */
export class LearnedNode implements NodeFacts {
  dialect: NodeDialect | null = null;
  version: string | null = null;
  /** Settings that are `yes` or `no`. */
  settings: NodeFacts["settings"] = null;
  general: NodeFacts["general"] = null;
  statsRefusal: StatsRefusal | null = null;
  watchRefused: boolean | null = null;
  private process = UNKNOWN_PROCESS;
  private processAtMs = Number.NaN;
  private report: CapabilityReport | null = null;

  /** Recomputed only after a change. */
  get capabilities(): CapabilityReport {
    this.report ??= capabilitiesOf(this);
    return this.report;
  }

  /** Call after connecting; `version` is null if it was not requested. */
  onConnect(dialect: NodeDialect, version: string | null): void {
    this.dialect = dialect;
    this.report = null;
    if (version !== null && version !== this.version) this.setProcess(version);
  }

  /** Call after each poll with the general stats. */
  onPoll(values: Float64Array, version: string | null): void {
    const reported = serverProcess(values);
    const atMs = performance.now();
    const changed = newProcess(this.process, reported, (atMs - this.processAtMs) / 1000) !== null;
    if (changed || (version ?? this.version) !== this.version) {
      this.setProcess(version ?? this.version, changed);
    }
    this.process = reported;
    this.processAtMs = atMs;
    const extstore = !Number.isNaN(values[EXTSTORE]);
    const proxy = !Number.isNaN(values[PROXY]);
    if (this.general?.extstore === extstore && this.general.proxy === proxy) return;
    this.general = { extstore, proxy };
    this.report = null;
  }

  /** The node is another server. */
  forget(): void {
    this.dialect = null;
    this.general = null;
    this.settings = null;
    this.statsRefusal = null;
    this.watchRefused = null;
    this.version = null;
    this.process = UNKNOWN_PROCESS;
    this.report = null;
  }

  onSettings(reading: StatsEntries | "refused" | "unsafe"): void {
    if (typeof reading === "string") this.settings = reading;
    else {
      const switches = reading.filter(([, value]) => value === "yes" || value === "no");
      this.settings = settingsPool.get(switches.flat().join(" "), () => new Map(switches));
    }
    this.report = null;
  }

  /** It refuses `stats`; null: it is to be asked again. */
  onStatsRefused(refusal: StatsRefusal | null): void {
    if (this.statsRefusal === refusal) return;
    this.statsRefusal = refusal;
    this.general = null;
    this.report = null;
  }

  onWatchAsked(refused: boolean): void {
    this.watchRefused = refused;
    this.report = null;
  }

  private setProcess(version: string | null, changed = false): void {
    if (changed || version !== this.version) {
      this.settings = null;
      this.watchRefused = null;
    }
    this.version = version;
    this.process = UNKNOWN_PROCESS;
    this.report = null;
  }
}
