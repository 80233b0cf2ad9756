/** What happened to the files in `dataDir`: one line in the log each, and the notices about `memfleet.db`. */
import "server-only";
import type { Notice } from "@/lib/model/fleet.schema";
import type { StoreIncident } from "@/lib/store/incident";
import type { StoreState } from "@/lib/store/protocol";

export class DataFiles {
  private readonly logged = new Set<string>();
  private incidents: readonly StoreIncident[] = [];
  private problem: { readonly detail: string; readonly sinceMs: number } | null = null;

  constructor(
    private readonly log: (line: string) => void,
    private readonly nowMs: () => number,
  ) {}

  /** The state of `memfleet.db`. */
  readonly onRecords = (state: StoreState): void => {
    const { problem } = state;
    if (problem !== null && this.problem === null) this.log(problem);
    this.problem =
      problem === null ? null : { detail: problem, sinceMs: this.problem?.sinceMs ?? this.nowMs() };
    this.incidents = state.incidents;
    this.logNew(state.incidents);
  };

  /** What happened to `history.db`; its health has the notice. */
  readonly onHistory = (incidents: readonly StoreIncident[]): void => this.logNew(incidents);

  notices(): Notice[] {
    const [latest] = this.incidents.slice(-1);
    return [
      ...(this.problem === null ? [] : [{ code: "recordsUnavailable" as const, ...this.problem }]),
      ...(latest === undefined
        ? []
        : [{ code: "dataFileReplaced" as const, detail: latest.detail, sinceMs: latest.atMs }]),
    ];
  }

  private logNew(incidents: readonly StoreIncident[]): void {
    for (const { atMs, detail } of incidents) {
      const line = `${atMs} ${detail}`;
      if (this.logged.has(line)) continue;
      this.logged.add(line);
      this.log(detail);
    }
  }
}
