import { requiredSlot } from "@/lib/catalogue/stats";
import { InternPool } from "@/lib/model/intern-pool";
import { capabilitiesOf, type NodeFacts } from "./capabilities";
import type { CapabilityReport, NodeDialect, StatsEntries } from "./contract";

const PID = requiredSlot("pid");
const EXTSTORE = requiredSlot("extstore_page_allocs");
const PROXY = requiredSlot("proxy_conn_requests");

/** The switches of nodes that are set up alike are one object: thousands of nodes have a client each. */
const switches = new InternPool<ReadonlyMap<string, string>>(1_024);

/** What a client has learnt about its node so far. Holds for one process: another one is another node. */
export class LearnedNode implements NodeFacts {
  dialect: NodeDialect | null = null;
  version: string | null = null;
  /** Settings that are `yes` or `no`. */
  settings: ReadonlyMap<string, string> | null = null;
  general: NodeFacts["general"] = null;
  private pid = Number.NaN;
  private report: CapabilityReport | null = null;

  /** Computed again only after something was learnt. */
  get capabilities(): CapabilityReport {
    this.report ??= capabilitiesOf(this);
    return this.report;
  }

  /** A connection was made; `version` is null when the node was not asked for it. */
  onConnect(dialect: NodeDialect, version: string | null): void {
    this.dialect = dialect;
    this.report = null;
    if (version !== null && version !== this.version) this.process(version, Number.NaN);
  }

  /** General stats came in. Runs at every poll. */
  onPoll(values: Float64Array, version: string | null): void {
    const pid = values[PID] as number;
    if ((version ?? this.version) !== this.version || (pid !== this.pid && !Number.isNaN(pid))) {
      this.process(version ?? this.version, pid);
    }
    const extstore = !Number.isNaN(values[EXTSTORE]);
    const proxy = !Number.isNaN(values[PROXY]);
    if (this.general?.extstore === extstore && this.general.proxy === proxy) return;
    this.general = { extstore, proxy };
    this.report = null;
  }

  onSettings(settings: StatsEntries): void {
    const kept = settings.filter(([, value]) => value === "yes" || value === "no");
    this.settings = switches.get(kept.flat().join(" "), () => new Map(kept));
    this.report = null;
  }

  private process(version: string | null, pid: number): void {
    // The first pid seen belongs to the process that was asked for its settings just before.
    const same = version === this.version && Number.isNaN(this.pid);
    if (!same) this.settings = null;
    this.version = version;
    this.pid = pid;
    this.report = null;
  }
}
