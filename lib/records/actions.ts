/** Actions as they are kept: what was asked for, how far each node came, how it ended. */

import { ACTION_KINDS, ACTION_STATES, TARGET_STATES } from "@/lib/model/actions/action";
import type { Action, ActionTarget, CheckRow, Figures } from "@/lib/model/actions/action.schema";
import type { AuditRecords, NewAuditEntry } from "./audit";
import type { RecordsStore } from "./open";
import type { ActionRow, TargetRow } from "./tables/actions";

export interface ActionPlan {
  readonly pool: string | null;
  /** Tells whether another request is the same one. */
  readonly digest: string;
  readonly targets: readonly ActionTarget[];
}

/** What changes while an action runs. */
export type ActionProgress = Pick<Action, "state" | "detail" | "endedMs" | "watchedUntilMs">;

const IN_FLIGHT = "Memfleet ended before the outcome was known";
const NOT_SENT = "Memfleet ended before it was sent";

export class ActionRecords {
  private recovered: Promise<unknown> | null = null;

  constructor(
    private readonly store: Pick<RecordsStore, "call">,
    private readonly audit: AuditRecords,
    private readonly nowMs: () => number,
  ) {}

  /** Ends what an earlier process left running; once, as soon as the store can be used. */
  async recover(): Promise<void> {
    this.recovered ??= this.store.call("action.recover", {
      atMs: this.nowMs(),
      inFlight: IN_FLIGHT,
      notSent: NOT_SENT,
    });
    try {
      await this.recovered;
    } catch (error) {
      this.recovered = null;
      throw error;
    }
  }

  /**
   * Keeps the intention in the audit together with the action; resolves once both are on disk. When the actor has
   * used the idempotency key before, nothing is kept and the digest of that request comes back.
   */
  async begin(
    note: NewAuditEntry,
    plan: ActionPlan,
    idempotency: string | null,
  ): Promise<{ id: number; existing: { digest: string | null } | null }> {
    await this.recover();
    const { pool, digest } = plan;
    const audit = { ...this.audit.row(note), idempotency, outcome: null };
    const reply = await this.store.call("action.begin", {
      ...{ audit, pool, digest, targets: plan.targets.map(targetRow) },
    });
    if (reply.existing === null) this.audit.began(reply.id);
    return reply;
  }

  /** What the actor has used this idempotency key for; null: nothing yet. */
  async keyed(actor: string, idempotency: string): Promise<{ id: number; digest: string | null } | null> {
    await this.recover();
    return this.store.call("action.keyed", { actor, idempotency });
  }

  /** Keeps how far these targets came. Resolves once it is on disk. */
  async save(
    id: number,
    progress: ActionProgress,
    targets: ReadonlyMap<number, ActionTarget>,
  ): Promise<void> {
    await this.store.call("action.keep", change(id, progress, targets));
  }

  /** The same at the end, together with the outcome for the audit. */
  async end(
    id: number,
    progress: ActionProgress & { readonly state: "done" | "failed" | "cancelled" },
    targets: ReadonlyMap<number, ActionTarget>,
    detail: string,
  ): Promise<void> {
    const outcome = { atMs: this.nowMs(), outcome: progress.state, detail };
    try {
      await this.store.call("action.keep", { ...change(id, progress, targets), outcome });
    } finally {
      this.audit.over(id);
    }
  }

  async get(id: number): Promise<Action | null> {
    await this.recover();
    const row = await this.store.call("action.get", { id });
    return row === null ? null : kept(row);
  }

  /** Newest first. */
  async find(state: string | null, beforeId: number | null, limit: number): Promise<Action[]> {
    await this.recover();
    return (await this.store.call("action.find", { state, beforeId, limit })).map(kept);
  }
}

function change(id: number, progress: ActionProgress, targets: ReadonlyMap<number, ActionTarget>) {
  const { state, detail, endedMs, watchedUntilMs } = progress;
  const rows = [...targets].map(([place, target]) => ({ place, ...targetRow(target) }));
  return { id, state, detail, endedMs, watchedUntilMs, targets: rows, outcome: null };
}

function targetRow({ node, state, detail, dueMs, sentMs, before, after, rows }: ActionTarget): TargetRow {
  const text = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value));
  return { node, state, detail, dueMs, sentMs, before: text(before), after: text(after), rows: text(rows) };
}

function kept(row: ActionRow): Action {
  return {
    id: String(row.id),
    kind: known(ACTION_KINDS, row.kind),
    actor: row.actor,
    input: JSON.parse(row.input),
    pool: row.pool,
    state: known(ACTION_STATES, row.state),
    detail: row.detail,
    targets: row.targets.map(keptTarget),
    startedMs: row.atMs,
    endedMs: row.endedMs,
    watchedUntilMs: row.watchedUntilMs,
  };
}

function keptTarget({ node, state, detail, dueMs, sentMs, before, after, rows }: TargetRow): ActionTarget {
  const figures = (text: string | null): Figures | null => (text === null ? null : JSON.parse(text));
  const tried: CheckRow[] | null = rows === null ? null : JSON.parse(rows);
  return {
    ...{ node, state: known(TARGET_STATES, state), detail, dueMs, sentMs },
    ...{ before: figures(before), after: figures(after) },
    ...(tried === null ? {} : { rows: tried }),
  };
}

/** The database holds what this product wrote; anything else is a defect. */
function known<const Value extends string>(values: readonly Value[], text: string): Value {
  const value = values.find((one) => one === text);
  if (value === undefined) throw new Error(`the store holds ${JSON.stringify(text)}`);
  return value;
}
