/**
 * The one door to the nodes: role, input, target, confirmation, capability, then the intention into the audit, and
 * only then the action; its outcome into the audit as well. No row, no action.
 */
import type { z } from "zod";
import type { Actor } from "@/lib/model/access";
import type {
  Action,
  Actions as ActionList,
  ActionPreview,
  ActionState,
  ActionTarget,
  actionInputSchema,
} from "@/lib/model/action";
import type { AuditEntry } from "@/lib/model/audit";
import { LACKING, type LackingReason } from "@/lib/model/capability";
import type { ActionsQuery } from "@/lib/model/endpoints";
import {
  asNamedError,
  CapabilityError,
  ConflictError,
  ForbiddenError,
  InputError,
  NotFoundError,
} from "@/lib/model/errors";
import { isAtLeastRole } from "@/lib/model/roles";
import type { AuditLog } from "@/lib/store/audit-log";
import type { ActionDefinition, Target, TargetResult } from "./contract";
import { ACTIONS } from "./registry";

export type ActionRequest = z.output<typeof actionInputSchema>;

export interface PerformOptions {
  readonly audit: AuditLog;
  /** A configured node; throws `NotFoundError`. */
  readonly target: (id: string) => Target;
  /** Called when a node may have changed: it is worth a fresh look and a marker. */
  readonly onActed: (node: string, kind: string) => void;
  /** Nothing may be changed, whoever asks. */
  readonly readOnly: () => boolean;
  readonly nowMs: () => number;
  readonly onDefect: (error: unknown) => void;
}

/** Actions remembered since the start. */
const KEPT = 200;

export class Actions {
  /** Oldest first. */
  private readonly kept = new Map<string, Action>();
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly options: PerformOptions) {}

  /**
   * Starts an action and answers while it runs.
   * @throws ForbiddenError, NotFoundError, ConflictError (confirmation), CapabilityError, NodeError,
   *   UnavailableError when the intention cannot be kept: nothing has been sent then
   */
  async begin(actor: Actor, request: ActionRequest): Promise<Action> {
    const definition = ACTIONS[request.kind];
    const node = request.nodes[0] as string;
    const note = { actor, kind: request.kind, target: node, input: { ...request.input } };
    const target = await this.admit(definition, actor, request, (reason) =>
      this.options.audit.record(note, "refused", reason),
    );
    const { id, existing } = await this.options.audit.intend(note, request.idempotencyKey ?? null);
    if (existing !== null) return this.repeated(existing, request);
    const action = this.keep({
      id: String(id),
      kind: request.kind,
      actor: actor.name,
      state: "running",
      targets: [{ node, state: "pending", detail: null, before: null, after: null }],
      startedMs: this.options.nowMs(),
      endedMs: null,
    });
    const run: Promise<void> = this.run(id, action, definition, target)
      .catch(this.options.onDefect)
      .finally(() => this.running.delete(run));
    this.running.add(run);
    return action;
  }

  /** Resolves when what runs now has ended and its outcome is kept. */
  async settled(): Promise<void> {
    await Promise.all(this.running);
  }

  /**
   * Newest first.
   * @throws InputError for a cursor that is not ours
   */
  list({ state, limit, cursor }: ActionsQuery): ActionList {
    const before = cursor === undefined ? Number.POSITIVE_INFINITY : offsetOf(cursor);
    const matching = [...this.kept.values()]
      .reverse()
      .filter((action) => (state === undefined || action.state === state) && Number(action.id) < before);
    const actions = matching.slice(0, limit);
    const last = actions.at(-1);
    return { actions, nextCursor: matching.length > limit && last !== undefined ? `b${last.id}` : null };
  }

  /** @throws NotFoundError */
  get(id: string): Action {
    const action = this.kept.get(id);
    if (action === undefined) throw new NotFoundError("no such action since Memfleet was started");
    return action;
  }

  /** @throws NotFoundError */
  preview(kind: ActionRequest["kind"], node: string): ActionPreview {
    const { capability } = ACTIONS[kind];
    const { view, client } = this.options.target(node);
    const { lacking } = client.capabilities();
    const reason: LackingReason | null = lacking[capability] ?? null;
    const { hitRatio, getsPerSecond } = view;
    return {
      ...{ kind, confirm: node, node, pool: view.pool, status: view.status, version: view.version },
      production: view.labels.env === "production",
      atMs: view.atMs,
      items: view.currItems,
      bytes: view.bytes,
      hitsPerSecond: hitRatio === null || getsPerSecond === null ? null : hitRatio * getsPerSecond,
      flushEnabled: reason === null ? true : reason === "disabledBySetting" ? false : null,
      lacking: reason,
    };
  }

  /** Everything that can be wrong before anything is sent. Refusals are kept. */
  private async admit(
    { role, capability }: ActionDefinition,
    actor: Actor,
    request: ActionRequest,
    refused: (reason: string) => Promise<void>,
  ): Promise<Target> {
    try {
      if (this.options.readOnly()) throw new ForbiddenError("this Memfleet is read-only");
      if (!isAtLeastRole(actor.role, role)) throw new ForbiddenError(`this takes the role ${role}`);
      const node = request.nodes[0] as string;
      const target = this.options.target(node);
      if (request.confirm !== node) throw new ConflictError(`confirm has to be ${node}`);
      await target.client.stats("settings");
      const lacking = target.client.capabilities().lacking[capability];
      if (lacking === undefined) return target;
      throw new CapabilityError(`${node} cannot do ${request.kind}: ${LACKING[lacking]}`);
    } catch (error) {
      const known = asNamedError(error);
      if (known !== null) await refused(known.message);
      throw error;
    }
  }

  private async run(id: number, action: Action, definition: ActionDefinition, target: Target): Promise<void> {
    this.update(action.id, "running", { state: "sent" });
    const result = await this.result(definition, target);
    this.options.onActed(target.id, definition.kind);
    const { verified, detail, before, after } = result;
    // The outcome first: whoever sees the action ended finds it in the audit.
    try {
      await this.options.audit.outcome(id, verified ? "done" : "failed", detail);
    } finally {
      const state = verified ? "verified" : "failed";
      this.update(action.id, verified ? "done" : "failed", { state, detail, before, after });
    }
  }

  private async result({ run, deadlineMs }: ActionDefinition, target: Target): Promise<TargetResult> {
    const failed = (detail: string): TargetResult => ({ verified: false, detail, before: null, after: null });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<TargetResult>((resolve) => {
      timer = setTimeout(() => resolve(failed("no result in time; it may have happened")), deadlineMs);
    });
    try {
      return await Promise.race([run(target, this.options.nowMs), late]);
    } catch (error) {
      const known = asNamedError(error);
      if (known === null) this.options.onDefect(error);
      return failed(known?.message ?? "Memfleet failed; its log says more");
    } finally {
      clearTimeout(timer);
    }
  }

  /** The action that the key was used for; another request under the same key is a mistake. */
  private repeated(entry: AuditEntry, request: ActionRequest): Action {
    const same =
      entry.kind === request.kind &&
      entry.target === request.nodes[0] &&
      JSON.stringify(entry.input) === JSON.stringify(request.input);
    if (!same) throw new ConflictError("this idempotencyKey was used for another action");
    return this.kept.get(entry.id) ?? remembered(entry, request);
  }

  private keep(action: Action): Action {
    this.kept.set(action.id, action);
    const [oldest] = this.kept.keys();
    if (this.kept.size > KEPT && oldest !== undefined) this.kept.delete(oldest);
    return action;
  }

  private update(id: string, state: ActionState, change: Partial<ActionTarget>): void {
    const action = this.kept.get(id);
    if (action === undefined) return;
    const targets = action.targets.map((target) => ({ ...target, ...change }));
    const endedMs = state === "running" ? null : this.options.nowMs();
    this.kept.set(id, { ...action, state, targets, endedMs });
  }
}

function offsetOf(cursor: string): number {
  const match = /^b(\d{1,15})$/.exec(cursor);
  if (match) return Number(match[1]);
  throw new InputError([
    { field: "cursor", found: JSON.stringify(cursor), allowed: "nextCursor of an earlier reply" },
  ]);
}

/** An action of an earlier process, as far as the audit knows it. */
function remembered(entry: AuditEntry, request: ActionRequest): Action {
  const done = entry.outcome === "done";
  const detail = entry.outcome === "unknown" ? "Memfleet ended before the outcome was known" : entry.detail;
  return {
    id: entry.id,
    kind: request.kind,
    actor: entry.actor,
    state: done ? "done" : "failed",
    targets: [{ node: entry.target, state: done ? "verified" : "failed", detail, before: null, after: null }],
    startedMs: entry.atMs,
    endedMs: null,
  };
}
