/** Acting, wired to the collector, the history and the configuration. */
import "server-only";
import type { Target } from "@/lib/actions/contract";
import type { ActionEvent } from "@/lib/actions/run/action-run";
import { ActionService } from "@/lib/actions/service";
import type { Collector } from "@/lib/collector/collector";
import type { NodeRecord } from "@/lib/collector/node-record";
import type { Configuration } from "@/lib/config/contract";
import type { History } from "@/lib/history/contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import { asNamedError, NotFoundError } from "@/lib/model/errors";
import type { Node } from "@/lib/model/node/node.schema";
import { ActionRecords } from "@/lib/records/actions";
import type { AuditRecords } from "@/lib/records/audit";
import type { RecordsStore } from "@/lib/records/open";

export interface ActionWiringOptions {
  readonly store: RecordsStore;
  readonly audit: AuditRecords;
  readonly collector: Collector;
  readonly history: Pick<History, "mark">;
  readonly configuration: () => Configuration;
  /** Throws `NotFoundError` for a node that is not configured. */
  readonly record: (id: string) => NodeRecord;
  /** As collected last; null when it is not configured. */
  readonly view: (id: string) => Node | null;
  readonly monoMs: () => number;
  readonly onDefect: (error: unknown) => void;
}

export class ActionWiring {
  readonly actions: ActionService;

  /** What an earlier life left unfinished is settled at once. */
  constructor(private readonly options: ActionWiringOptions) {
    const { store, audit, configuration, record, onDefect } = options;
    this.actions = new ActionService({
      audit,
      log: new ActionRecords(store, audit, Date.now),
      target: (id) => this.target(id),
      pool: (name) => this.poolNodes(name),
      lruMaintainer: (id) => record(id).facts.lruMaintainer,
      onSending: (deed) => this.sending(deed),
      onActed: (deeds) => void this.acted(deeds).catch(onDefect),
      readOnly: () => configuration().readOnly,
      nowMs: Date.now,
      onDefect,
    });
    // A store that cannot be used now is tried again with the first action.
    this.actions.recover().catch((error) => {
      if (asNamedError(error) === null) onDefect(error);
    });
  }

  private target(id: string): Target {
    const { record, view, configuration } = this.options;
    const { client, node } = record(id);
    const { poll } = configuration();
    return {
      id,
      client,
      open: () => createNodeClient(node.endpoint, poll),
      get view() {
        const seen = view(id);
        if (seen === null) throw new NotFoundError(`no node named ${id} is configured`);
        return seen;
      },
    };
  }

  private poolNodes(name: string): string[] | null {
    const { nodes, pools } = this.options.configuration();
    if (!pools.some((pool) => pool.name === name)) return null;
    return nodes.filter((node) => node.pool === name).map(({ id }) => id);
  }

  /** A flush that the node counts soon is ours. */
  private sending({ node, kind, actor, action }: ActionEvent): () => void {
    if (kind !== "flush_all") return () => {};
    const { record, monoMs } = this.options;
    return record(node).flushes.expect({ ours: true, actor, actionId: action }, monoMs());
  }

  /** Nodes were acted on: a mark in their charts, unless it was about one key, and a fresh look at once. */
  private async acted(deeds: readonly ActionEvent[]): Promise<void> {
    const { collector, history } = this.options;
    for (const { node } of deeds) {
      const record = collector.get(node);
      if (record) record.factsMonoMs = Number.NEGATIVE_INFINITY;
      collector.askNow(node);
    }
    const shown = deeds.filter(({ kind }) => !kind.endsWith("_key"));
    await history.mark(
      shown.map(({ atMs, node, kind, actor, action }) => ({
        ...{ atMs, node, kind: "action", text: `${kind} (${actor}, action ${action})` },
      })),
    );
  }
}
