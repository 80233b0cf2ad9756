/** Wires actions to the collector, the history and the configuration. */
import "server-only";
import type { Target } from "@/lib/actions/contract";
import type { ActionEvent } from "@/lib/actions/run/action-run";
import { ActionService } from "@/lib/actions/service";
import type { Collector } from "@/lib/collector/collector";
import type { Configuration } from "@/lib/config/contract";
import type { History } from "@/lib/history/contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import { asNamedError } from "@/lib/model/errors";
import { ActionRecords } from "@/lib/records/actions";
import type { AuditRecords } from "@/lib/records/audit";
import type { RecordsStore } from "@/lib/records/open";
import type { FleetDirectory } from "./fleet-directory";

interface ActionWiringOptions {
  readonly store: RecordsStore;
  readonly audit: AuditRecords;
  readonly collector: Collector;
  readonly history: Pick<History, "mark">;
  readonly configuration: () => Configuration;
  readonly directory: FleetDirectory;
  readonly monoMs: () => number;
  readonly onDefect: (error: unknown) => void;
}

export class ActionWiring {
  readonly actions: ActionService;

  /** Resolves at once what an earlier process left unfinished. */
  constructor(private readonly options: ActionWiringOptions) {
    const { store, audit, configuration, directory, onDefect } = options;
    this.actions = new ActionService({
      audit,
      log: new ActionRecords(store, audit, Date.now),
      target: (id) => this.target(id),
      pool: (name) => directory.members(name).map(({ id }) => id),
      lruMaintainer: (id) => directory.record(id).facts.lruMaintainer,
      onSending: (event) => this.expectFlush(event),
      onActed: (events) => void this.acted(events).catch(onDefect),
      readOnly: () => configuration().readOnly,
      nowMs: Date.now,
      onDefect,
    });
    // A store that is unusable now is tried again with the first action.
    this.actions.recover().catch((error) => {
      if (asNamedError(error) === null) onDefect(error);
    });
  }

  private target(id: string): Target {
    const { directory, configuration } = this.options;
    const { client, node } = directory.record(id);
    const { poll } = configuration();
    return {
      id,
      client,
      open: () => createNodeClient(node.endpoint, poll),
      get view() {
        return directory.node(id);
      },
    };
  }

  /** The next flush that the node counts is Memfleet's. Returns how to withdraw that. */
  private expectFlush({ node, kind, actor, action }: ActionEvent): () => void {
    if (kind !== "flush_all") return () => {};
    const { directory, monoMs } = this.options;
    return directory.record(node).flushes.expect({ ours: true, actor, actionId: action }, monoMs());
  }

  /** Polls the nodes at once and marks the action in their charts, unless it was about one key. */
  private async acted(events: readonly ActionEvent[]): Promise<void> {
    const { collector, history } = this.options;
    for (const { node } of events) {
      const record = collector.get(node);
      if (record) record.factsMonoMs = Number.NEGATIVE_INFINITY;
      collector.pollNow(node);
    }
    const marked = events.filter(({ kind }) => !kind.endsWith("_key"));
    await history.mark(
      marked.map(({ atMs, node, kind, actor, action }) => ({
        atMs,
        node,
        kind: "action",
        text: `${kind} (${actor}, action ${action})`,
      })),
    );
  }
}
