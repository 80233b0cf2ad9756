/**
 * The only way to change a node: role, input, targets, confirmation and capability are checked, then the intention is
 * written to the audit, and only then the action runs; its outcome is written to the audit as well. Without an audit
 * row nothing is sent.
 */
import { createHash } from "node:crypto";
import { withTimeout } from "@/lib/concurrency/timeout";
import type { Actor } from "@/lib/model/access.schema";
import type { ActionKind } from "@/lib/model/actions/action";
import type {
  Action,
  ActionInputs,
  Actions as ActionList,
  ActionPreview,
  ActionTarget,
} from "@/lib/model/actions/action.schema";
import type { AuditKind } from "@/lib/model/actions/audit";
import { asNamedError, ConflictError, InputError, NotFoundError, UnavailableError } from "@/lib/model/errors";
import type { ActionsQuery, PreviewQuery } from "@/lib/model/http/queries";
import type { AuditRecords, NewAuditEntry } from "@/lib/records/audit";
import { idOfCursor, pageOf } from "@/lib/records/page";
import { nameOf } from "./confirmation";
import type { AnyActionDefinition, Target } from "./contract";
import { auditInput, definitionOf, parseInput } from "./input";
import {
  type ActionRequest,
  type Admitted,
  admitActor,
  admitRole,
  admitTargets,
  type Fleet,
  targetsOf,
} from "./preflight";
import { previewOf } from "./preview";
import { ActionRun, type ActionRunOptions } from "./run/action-run";
import { plannedTimes } from "./run/stagger";
import { WATCH_TIMES } from "./run/watch";

export type { ActionRequest } from "./preflight";

export interface ActionServiceOptions extends Fleet, Omit<ActionRunOptions, "watchTimes"> {
  readonly audit: AuditRecords;
  /** Whether the node runs an LRU maintainer thread; null: not known. */
  readonly lruMaintainer: (id: string) => boolean | null;
  readonly watchTimes?: ActionRunOptions["watchTimes"];
}

/** How long the reply to a cancellation waits for what is under way, in milliseconds. */
const CANCEL_WAIT_MS = 1_000;

const STOPPED = "Memfleet stopped before sending";
const READ_ONLY = "cancelled when read-only mode was switched on";

export class ActionService {
  /** Runs that send or watch, by action id. */
  private readonly live = new Map<string, ActionRun>();
  private readonly runOptions: ActionRunOptions;
  private stopping = false;

  constructor(private readonly options: ActionServiceOptions) {
    this.runOptions = { ...options, watchTimes: options.watchTimes ?? WATCH_TIMES };
  }

  /** Ends what an earlier process left running. Nothing of it is sent again. */
  recover(): Promise<void> {
    return this.options.log.recover();
  }

  /**
   * Starts an action and returns while it runs.
   * @throws ForbiddenError, InputError, NotFoundError, ConflictError (confirmation, idempotency key),
   *   CapabilityError, NodeError, UnavailableError when the intention cannot be saved: nothing has been sent then
   */
  async begin(actor: Actor, request: ActionRequest): Promise<Action> {
    const { kind } = request;
    const definition = definitionOf(kind);
    const { input, problems } = parseInput(kind, request.input);
    let entry: NewAuditEntry = {
      actor,
      kind,
      target: request.pool ?? request.nodes?.[0] ?? "",
      input: input === null ? {} : auditInput(definition, input),
    };
    let admitted: Admitted[];
    try {
      admitActor(this.options, actor, kind);
      if (problems !== null) throw new InputError(problems);
      definition.check?.(input);
      const earlier = await this.earlier(actor, request);
      if (earlier !== null) return earlier;
      const targets = targetsOf(this.options, request);
      entry = { ...entry, ...auditTarget(request.pool, targets) };
      admitted = await admitTargets(definition, input, targets, request.confirm);
    } catch (error) {
      throw await this.refused(entry, error);
    }
    return this.start(actor, request, entry, definition, input, admitted);
  }

  /**
   * Newest first.
   * @throws InputError for a cursor that no earlier reply gave
   */
  async list({ state, limit, cursor }: ActionsQuery): Promise<ActionList> {
    const found = await this.options.log.find(state ?? null, idOfCursor("b", cursor), limit + 1);
    const { page, nextCursor } = pageOf("b", found, limit);
    return { actions: page.map((action) => this.live.get(action.id)?.action() ?? action), nextCursor };
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<Action> {
    const run = this.live.get(id);
    if (run !== undefined) return run.action();
    const action = /^\d{1,15}$/.test(id) ? await this.options.log.get(Number(id)) : null;
    if (action === null) throw new NotFoundError(`no action has the id ${id}`);
    return action;
  }

  /** How many actions are running now. */
  running(): number {
    return [...this.live.values()].filter((run) => run.action().state === "running").length;
  }

  /** An action that is running or watched; null when nothing of it changes any longer. */
  activeRun(id: string): Pick<ActionRun, "action" | "onChange" | "sent" | "finished"> | null {
    return this.live.get(id) ?? null;
  }

  /** @throws NotFoundError, InputError */
  preview(query: PreviewQuery): ActionPreview {
    return previewOf(this.options, query);
  }

  /** Sends nothing more until it is resumed. @throws NotFoundError, ForbiddenError, ConflictError */
  pause(actor: Actor, id: string): Promise<Action> {
    return this.control(actor, id, "action_pause", (run) => run.pause(`paused by ${actor.name}`));
  }

  /** Resumes a paused action. @throws NotFoundError, ForbiddenError, ConflictError */
  resume(actor: Actor, id: string): Promise<Action> {
    return this.control(actor, id, "action_resume", (run) => run.resume());
  }

  /** Ends it without what has not been sent. @throws NotFoundError, ForbiddenError, ConflictError */
  cancel(actor: Actor, id: string): Promise<Action> {
    return this.control(actor, id, "action_cancel", async (run) => {
      run.cancel(`cancelled by ${actor.name}`);
      await withTimeout(run.sent, CANCEL_WAIT_MS, () => undefined);
    });
  }

  /** Memfleet was switched to read-only mode: what has not been sent is cancelled. */
  cancelAll(): void {
    for (const run of this.live.values()) {
      if (run.action().endedMs === null) run.cancel(READ_ONLY);
    }
  }

  /** Sends nothing more and cancels what is pending. Resolves when all outcomes are saved. */
  async stop(): Promise<void> {
    this.stopping = true;
    const runs = [...this.live.values()];
    for (const run of runs) run.stop(STOPPED);
    await Promise.all(runs.map(({ finished }) => finished));
  }

  private async start<Kind extends ActionKind>(
    actor: Actor,
    request: ActionRequest,
    entry: NewAuditEntry,
    definition: AnyActionDefinition<Kind>,
    input: ActionInputs[Kind],
    admitted: readonly Admitted[],
  ): Promise<Action> {
    if (this.stopping) throw new UnavailableError("Memfleet is stopping");
    const { log, nowMs, onDefect } = this.options;
    const startedMs = nowMs();
    const targets = plannedTargets(admitted, definition.pace?.(input).staggerSeconds ?? 0, startedMs);
    const digest = digestOf(request);
    const pool = request.pool ?? null;
    const { id, existing } = await log.begin(
      entry,
      { pool, digest, targets },
      request.idempotencyKey ?? null,
    );
    if (existing !== null) return this.repeated(id, existing.digest, digest);
    const initial: Action = {
      id: String(id),
      kind: definition.kind,
      actor: actor.name,
      input: { ...entry.input },
      pool,
      state: "running",
      detail: null,
      targets,
      startedMs,
      endedMs: null,
      watchedUntilMs: null,
    };
    const run = new ActionRun(initial, definition, input, this.runOptions);
    this.live.set(initial.id, run);
    run.finished.catch(onDefect).finally(() => this.live.delete(initial.id));
    if (this.stopping) run.stop(STOPPED);
    // While the intention was written. Until now the run has sent nothing.
    else if (this.options.readOnly()) run.cancel(READ_ONLY);
    return run.action();
  }

  private async control(
    actor: Actor,
    id: string,
    kind: AuditKind,
    change: (run: ActionRun) => Promise<void>,
  ): Promise<Action> {
    const action = await this.get(id);
    const entry = { actor, kind, target: id, input: { kind: action.kind } };
    try {
      // Any operator may stop any action, in read-only mode as well; resuming requires what starting it does.
      if (kind === "action_resume") admitActor(this.options, actor, action.kind);
      else admitRole(actor, "operator");
      const run = this.live.get(id);
      if (run === undefined) throw new ConflictError("this action has already ended");
      await change(run);
      await this.options.audit.record(entry, "done", "");
      return run.action();
    } catch (error) {
      throw await this.refused(entry, error);
    }
  }

  /** Writes a refusal to the audit, and returns the error. */
  private async refused(entry: NewAuditEntry, error: unknown): Promise<unknown> {
    const named = asNamedError(error);
    if (named !== null) await this.options.audit.record(entry, "refused", named.message);
    return error;
  }

  /** The action that the key was used for, whatever has happened to its nodes since; null: none. */
  private async earlier(actor: Actor, request: ActionRequest): Promise<Action | null> {
    const { idempotencyKey } = request;
    if (idempotencyKey === undefined) return null;
    const used = await this.options.log.keyed(actor, idempotencyKey);
    return used === null ? null : this.repeated(used.id, used.digest, digestOf(request));
  }

  /** The action that the key was used for. @throws ConflictError when the request is another one */
  private repeated(id: number, usedDigest: string | null, digest: string): Promise<Action> {
    if (usedDigest !== digest) {
      throw new ConflictError("this idempotencyKey was already used for another action");
    }
    return this.get(String(id));
  }
}

/** What the audit names as the target: one name, and the nodes when there are several. */
function auditTarget(
  pool: string | undefined,
  targets: readonly Target[],
): Pick<NewAuditEntry, "target" | "nodes"> {
  const nodes = targets.map(({ id }) => id);
  const target = pool ?? nameOf(targets.map(({ id, view }) => ({ id, pool: view.pool })));
  return target === nodes[0] ? { target } : { target, nodes };
}

/** Admitted nodes are due one stagger after the other; skipped ones are listed with the reason. */
function plannedTargets(
  admitted: readonly Admitted[],
  staggerSeconds: number,
  startedMs: number,
): ActionTarget[] {
  const times = plannedTimes(admitted.length, staggerSeconds, startedMs);
  let next = 0;
  return admitted.map(({ target, skipped }): ActionTarget => {
    const initial = { node: target.id, detail: skipped, sentMs: null, before: null, after: null };
    if (skipped !== null) return { ...initial, state: "skipped", dueMs: null };
    return { ...initial, state: "pending", dueMs: staggerSeconds > 0 ? (times[next++] ?? null) : null };
  });
}

/** Tells two requests apart, and is too short to guess a value from. */
function digestOf({ kind, nodes, pool, input }: ActionRequest): string {
  const text = JSON.stringify([kind, nodes ?? null, pool ?? null, sorted(input)]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 4);
}

/** The same for the same content, whatever the order of the names. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => [name, sorted(inner)]);
}
