/** Stored actions: the request, the state of each node, the outcome. */
import { type AuditActor, identityOf } from "@/lib/model/access.schema";
import { ACTION_KINDS, ACTION_STATES, TARGET_STATES } from "@/lib/model/actions/action";
import type { Action, ActionTarget, CheckRow, Measurements } from "@/lib/model/actions/action.schema";
import type { AuditRecords, NewAuditEntry } from "./audit";
import type { RecordsStore } from "./open";
import { storedValue } from "./stored-value";
import type { ActionRow, TargetRow } from "./tables/actions";

export interface ActionPlan {
  readonly pool: string | null;
  /** Equal for equal requests. */
  readonly digest: string;
  readonly targets: readonly ActionTarget[];
}

/** What changes while an action runs. */
export type ActionProgress = Pick<Action, "state" | "detail" | "endedMs" | "watchedUntilMs">;

const IN_FLIGHT = "Memfleet stopped before recording the result; the action may or may not have run";
const NOT_SENT = "Memfleet stopped before sending";

export class ActionRecords {
  private recovered: Promise<unknown> | null = null;

  constructor(
    private readonly store: Pick<RecordsStore, "call">,
    private readonly audit: AuditRecords,
    private readonly nowMs: () => number,
  ) {}

  /** Ends what an earlier process left running; once, as soon as the store is available. */
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
   * Stores the intention in the audit together with the action; resolves once both are on disk. When the actor has
   * used the idempotency key before, nothing is stored, and `existing` has the digest of that request.
   */
  async begin(
    entry: NewAuditEntry,
    plan: ActionPlan,
    idempotency: string | null,
  ): Promise<{ id: number; existing: { digest: string | null } | null }> {
    await this.recover();
    const { pool, digest } = plan;
    const audit = { ...this.audit.row(entry), idempotency, outcome: null };
    const targets = plan.targets.map(targetRow);
    const reply = await this.store.call("action.begin", { audit, pool, digest, targets });
    if (reply.existing === null) this.audit.began(reply.id);
    return reply;
  }

  /** The action that the actor used this idempotency key for; null: none. */
  async keyed(actor: AuditActor, idempotency: string): Promise<{ id: number; digest: string | null } | null> {
    await this.recover();
    return this.store.call("action.keyed", { actor: actor.name, identity: identityOf(actor), idempotency });
  }

  /** Stores the state of these targets, by index. Resolves once it is on disk. */
  async save(
    id: number,
    progress: ActionProgress,
    targets: ReadonlyMap<number, ActionTarget>,
  ): Promise<void> {
    await this.store.call("action.save", change(id, progress, targets));
  }

  /** The same at the end, together with the outcome for the audit and its detail. */
  async end(
    id: number,
    progress: ActionProgress & { readonly state: "done" | "failed" | "cancelled" },
    targets: ReadonlyMap<number, ActionTarget>,
    detail: string,
  ): Promise<void> {
    const outcome = { atMs: this.nowMs(), outcome: progress.state, detail };
    try {
      await this.store.call("action.save", { ...change(id, progress, targets), outcome });
    } finally {
      this.audit.ended(id);
    }
  }

  async get(id: number): Promise<Action | null> {
    await this.recover();
    const row = await this.store.call("action.get", { id });
    return row === null ? null : actionOf(row);
  }

  /** Newest first. */
  async find(state: string | null, beforeId: number | null, limit: number): Promise<Action[]> {
    await this.recover();
    return (await this.store.call("action.find", { state, beforeId, limit })).map(actionOf);
  }
}

function change(id: number, progress: ActionProgress, targets: ReadonlyMap<number, ActionTarget>) {
  const { state, detail, endedMs, watchedUntilMs } = progress;
  const rows = [...targets].map(([index, target]) => ({ index, ...targetRow(target) }));
  return { id, state, detail, endedMs, watchedUntilMs, targets: rows, outcome: null };
}

function targetRow({ node, state, detail, dueMs, sentMs, before, after, rows }: ActionTarget): TargetRow {
  const text = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value));
  return { node, state, detail, dueMs, sentMs, before: text(before), after: text(after), rows: text(rows) };
}

function actionOf(row: ActionRow): Action {
  return {
    id: String(row.id),
    kind: storedValue(ACTION_KINDS, row.kind),
    actor: row.actor,
    input: JSON.parse(row.input),
    pool: row.pool,
    state: storedValue(ACTION_STATES, row.state),
    detail: row.detail,
    targets: row.targets.map(targetOf),
    startedMs: row.atMs,
    endedMs: row.endedMs,
    watchedUntilMs: row.watchedUntilMs,
  };
}

function targetOf({ state, before, after, rows, ...row }: TargetRow): ActionTarget {
  const parsed = (text: string | null): Measurements | null => (text === null ? null : JSON.parse(text));
  const checks: CheckRow[] | null = rows === null ? null : JSON.parse(rows);
  return {
    ...row,
    state: storedValue(TARGET_STATES, state),
    before: parsed(before),
    after: parsed(after),
    ...(checks !== null && { rows: checks }),
  };
}
