/**
 * The one door to the nodes: role, input, targets, confirmation, capability, then the intention into the audit, and
 * only then the action; its outcome into the audit as well. No row, no action.
 */
import { createHash } from "node:crypto";
import type { Actor } from "@/lib/model/access.schema";
import { ACTION_FACTS } from "@/lib/model/actions/action";
import type {
  Action,
  Actions as ActionList,
  ActionPreview,
  ActionTarget,
} from "@/lib/model/actions/action.schema";
import type { AuditKind } from "@/lib/model/actions/audit";
import { numberCursor, parseNumberCursor } from "@/lib/model/cursor";
import {
  asNamedError,
  ConflictError,
  ForbiddenError,
  InputError,
  NotFoundError,
  UnavailableError,
} from "@/lib/model/errors";
import type { ActionsQuery, PreviewQuery } from "@/lib/model/http/queries";
import { isAtLeastRole } from "@/lib/model/roles";
import type { ActionRecords } from "@/lib/records/actions";
import type { AuditRecords } from "@/lib/records/audit";
import { nameOf } from "./confirmation";
import { auditInput, definitionOf, parseInput } from "./input";
import {
  type ActionRequest,
  type Admitted,
  admitActor,
  admitTargets,
  type Fleet,
  targetsOf,
} from "./preflight";
import { previewOf } from "./preview";
import { ActionRun, type ActionRunHost } from "./run/action-run";
import { plannedTimes } from "./run/stagger";
import { WATCH_TIMES } from "./run/watch";

export type { ActionRequest } from "./preflight";

export interface ActionServiceOptions extends Fleet, Omit<ActionRunHost, "watchTimes"> {
  readonly audit: AuditRecords;
  readonly log: ActionRecords;
  /** Whether the node runs an LRU maintainer thread; null: not known. */
  readonly lruMaintainer: (id: string) => boolean | null;
  readonly watchTimes?: ActionRunHost["watchTimes"];
}

/** How long the answer to a cancellation waits for what is under way, in milliseconds. */
const CANCEL_WAIT_MS = 1_000;

const STOPPED = "Memfleet was stopped before it was sent";

export class ActionService {
  /** What runs, or is watched, by its id. */
  private readonly live = new Map<string, ActionRun>();
  private readonly host: ActionRunHost;
  private stopping = false;

  constructor(private readonly options: ActionServiceOptions) {
    this.host = { ...options, watchTimes: options.watchTimes ?? WATCH_TIMES };
  }

  /** Ends what an earlier process left running. Nothing of it is sent again. */
  recover(): Promise<void> {
    return this.options.log.recover();
  }

  /**
   * Starts an action and answers while it runs.
   * @throws ForbiddenError, InputError, NotFoundError, ConflictError (confirmation, idempotency key),
   *   CapabilityError, NodeError, UnavailableError when the intention cannot be kept: nothing has been sent then
   */
  async begin(actor: Actor, request: ActionRequest): Promise<Action> {
    const { kind } = request;
    const definition = definitionOf(kind);
    const { input, problems } = parseInput(kind, request.input);
    const asked = {
      ...{ actor, kind, target: request.pool ?? request.nodes?.[0] ?? "" },
      input: input === null ? {} : auditInput(definition, input),
    };
    let admitted: Admitted[];
    let note = asked;
    try {
      admitActor(this.options, actor, kind);
      if (problems !== null) throw new InputError(problems);
      definition.check?.(input);
      const earlier = await this.earlier(actor, request);
      if (earlier !== null) return earlier;
      const targets = targetsOf(this.options, request);
      const nodes = targets.map(({ id }) => id);
      const name = request.pool ?? nameOf(targets.map(({ id, view }) => ({ id, pool: view.pool })));
      note = { ...asked, target: name, ...(name === nodes[0] ? {} : { nodes }) };
      admitted = await admitTargets(definition, input, targets, request.confirm);
    } catch (error) {
      const known = asNamedError(error);
      if (known !== null) await this.options.audit.record(note, "refused", known.message);
      throw error;
    }
    if (this.stopping) throw new UnavailableError("Memfleet is stopping");
    const startedMs = this.options.nowMs();
    const staggerSeconds = definition.pace?.(input).staggerSeconds ?? 0;
    const targets = plannedTargets(admitted, staggerSeconds, startedMs);
    const digest = digestOf(request);
    const plan = { pool: request.pool ?? null, digest, targets };
    const { id, existing } = await this.options.log.begin(note, plan, request.idempotencyKey ?? null);
    if (existing !== null) return this.repeated(id, existing.digest, digest);
    const begun: Action = {
      ...{ id: String(id), kind, actor: actor.name, input: { ...note.input }, pool: plan.pool },
      ...{ state: "running", detail: null, targets, startedMs, endedMs: null, watchedUntilMs: null },
    };
    const course = new ActionRun(begun, definition, input, this.host);
    this.live.set(begun.id, course);
    course.finished.catch(this.options.onDefect).finally(() => this.live.delete(begun.id));
    if (this.stopping) course.stop(STOPPED);
    return course.action();
  }

  /**
   * Newest first.
   * @throws InputError for a cursor that is not ours
   */
  async list({ state, limit, cursor }: ActionsQuery): Promise<ActionList> {
    const before = cursor === undefined ? null : parseNumberCursor("b", cursor);
    const kept = await this.options.log.find(state ?? null, before, limit + 1);
    const actions = kept.slice(0, limit).map((action) => this.live.get(action.id)?.action() ?? action);
    const last = actions.at(-1);
    return {
      actions,
      nextCursor: kept.length > limit && last !== undefined ? numberCursor("b", last.id) : null,
    };
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<Action> {
    const live = this.live.get(id);
    if (live !== undefined) return live.action();
    const kept = /^\d{1,15}$/.test(id) ? await this.options.log.get(Number(id)) : null;
    if (kept === null) throw new NotFoundError("there is no such action");
    return kept;
  }

  /** How many go on now. */
  running(): number {
    return [...this.live.values()].filter((course) => course.action().state === "running").length;
  }

  /** An action that goes on, or is watched; null when nothing of it changes any longer. */
  following(id: string): Pick<ActionRun, "action" | "onChange" | "sent" | "finished"> | null {
    return this.live.get(id) ?? null;
  }

  /** @throws NotFoundError, InputError */
  preview(query: PreviewQuery): ActionPreview {
    return previewOf(this.options, query);
  }

  /** Sends nothing more until it is resumed. @throws NotFoundError, ForbiddenError, ConflictError */
  pause(actor: Actor, id: string): Promise<Action> {
    return this.control(actor, id, "action_pause", (course) => course.pause(`paused by ${actor.name}`));
  }

  /** Goes on with a paused action. @throws NotFoundError, ForbiddenError, ConflictError */
  resume(actor: Actor, id: string): Promise<Action> {
    return this.control(actor, id, "action_resume", (course) => course.resume());
  }

  /** Ends it without what has not been sent. @throws NotFoundError, ForbiddenError, ConflictError */
  cancel(actor: Actor, id: string): Promise<Action> {
    return this.control(actor, id, "action_cancel", async (course) => {
      course.cancel(`cancelled by ${actor.name}`);
      await within(course.sent, CANCEL_WAIT_MS);
    });
  }

  /** Sends nothing more: what has not been sent is kept as cancelled. Resolves when all outcomes are kept. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const course of this.live.values()) course.stop(STOPPED);
    await Promise.all([...this.live.values()].map(({ finished: over }) => over));
  }

  private async control(
    actor: Actor,
    id: string,
    kind: AuditKind,
    turn: (course: ActionRun) => Promise<void>,
  ): Promise<Action> {
    const action = await this.get(id);
    const note = { actor, kind, target: id, input: { kind: action.kind } };
    try {
      if (this.options.readOnly()) throw new ForbiddenError("this Memfleet is read-only");
      const { role } = ACTION_FACTS[action.kind];
      // Whoever may act at all may stop any action; going on takes what beginning took.
      const least = kind === "action_resume" ? role : "operator";
      if (!isAtLeastRole(actor.role, least)) throw new ForbiddenError(`this takes the role ${least}`);
      const course = this.live.get(id);
      if (course === undefined) throw new ConflictError("this action has ended");
      await turn(course);
      await this.options.audit.record(note, "done", "");
      return course.action();
    } catch (error) {
      const known = asNamedError(error);
      if (known !== null) await this.options.audit.record(note, "refused", known.message);
      throw error;
    }
  }

  /** What the key was used for before, whatever has become of the nodes since; null: nothing. */
  private async earlier({ name }: Actor, request: ActionRequest): Promise<Action | null> {
    const { idempotencyKey } = request;
    if (idempotencyKey === undefined) return null;
    const known = await this.options.log.keyed(name, idempotencyKey);
    return known === null ? null : this.repeated(known.id, known.digest, digestOf(request));
  }

  /** The action that the key was used for; another request under the same key is a mistake. */
  private repeated(id: number, known: string | null, asked: string): Promise<Action> {
    if (known !== asked) throw new ConflictError("this idempotencyKey was used for another action");
    return this.get(String(id));
  }
}

/** What takes part has its turns, one after the other; what does not is there with the reason. */
function plannedTargets(
  admitted: readonly Admitted[],
  staggerSeconds: number,
  startedMs: number,
): ActionTarget[] {
  const turns = plannedTimes(admitted.length, staggerSeconds, startedMs);
  let turn = 0;
  return admitted.map(({ target, skipped }): ActionTarget => {
    const rest = { node: target.id, detail: skipped, sentMs: null, before: null, after: null };
    if (skipped !== null) return { ...rest, state: "skipped", dueMs: null };
    return { ...rest, state: "pending", dueMs: staggerSeconds > 0 ? (turns[turn++] ?? null) : null };
  });
}

/** Tells two requests apart, and is too short to tell a value by it. */
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

/** Resolves with it, or after that time. */
async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
