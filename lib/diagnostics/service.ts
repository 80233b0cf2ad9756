/** The door to the probes: role, nodes, then the intention into the audit, and only then a run. */
import type { Actor } from "@/lib/model/access.schema";
import {
  asNamedError,
  CapabilityError,
  ForbiddenError,
  InputError,
  NotFoundError,
  TooManyError,
} from "@/lib/model/errors";
import { DEFAULT_PROBES, type FindingForm, type ProbeName } from "@/lib/model/findings/finding";
import type {
  DiagnoseRequest,
  Diagnostic,
  PatchedInput,
  Posture,
  Progress,
} from "@/lib/model/findings/finding.schema";
import type { FindingsQuery, PostureQuery } from "@/lib/model/http/queries";
import { isAtLeastRole, type Role } from "@/lib/model/roles";
import type { AuditRecords } from "@/lib/records/audit";
import type { FindingsPage, FindingsSummary, KnownNode } from "./finding-repository";
import { type FindingContext, parseFindingCursor } from "./finding-views";
import { storedVersion } from "./probe-session";
import { isPatchable } from "./probes/advisories/patchable";
import { DiagnosticRun, type RunActor } from "./run";
import { RunScheduler, type RunSchedulerOptions } from "./run-scheduler";
import { parseSeverityMatrixCursor, severityMatrixCursor } from "./severity-matrix";

export interface DiagnosticsOptions extends RunSchedulerOptions {
  readonly audit: AuditRecords;
  /** Configured nodes, in their order. */
  readonly nodes: () => readonly KnownNode[];
  /** Whether datagrams may be sent. */
  readonly udp: () => boolean;
  readonly readOnly: () => boolean;
}

export interface FindingsAnswer<Form extends FindingForm> extends FindingsSummary {
  readonly nextCursor: string | null;
  readonly findings: FindingContext<Form>[];
}

export interface FindingsList<Form extends FindingForm> {
  readonly summary: FindingsSummary;
  readonly first: FindingsPage<Form>;
  /** Up to the limit, or to the end. */
  readonly rest: AsyncGenerator<FindingsPage<Form>>;
}

/** Findings read at once: a few milliseconds of work, and a few megabytes at the very most. */
const PAGE = 200;
/** Runs that have not ended yet. */
const MOST_LIVE = 50;
/** Ended runs that are remembered, and the findings that they may hold. */
const MOST_ENDED = 50;
const MAX_RUNS_HELD = 5_000;

export class DiagnosticsService {
  /** Oldest first. */
  private readonly runs = new Map<string, DiagnosticRun>();
  private readonly queue: RunScheduler;

  constructor(private readonly options: DiagnosticsOptions) {
    this.queue = new RunScheduler(options);
  }

  /**
   * Starts a run and answers while it goes on.
   * @throws ForbiddenError, NotFoundError, CapabilityError (a probe that is switched off), TooManyError,
   *   UnavailableError when the intention cannot be kept: nothing has been sent then
   */
  async begin(actor: Pick<Actor, "name" | "role">, request: DiagnoseRequest): Promise<Diagnostic> {
    if (this.options.readOnly()) throw new ForbiddenError("this Memfleet is read-only");
    this.checkRole(actor.role, "operator");
    return this.start(actor, request);
  }

  /** The run that nobody asked for: every node, the default probes. */
  beginScheduled(): Promise<Diagnostic> {
    return this.start(SCHEDULE, { udpPayload: "version" });
  }

  /** @throws NotFoundError */
  get(id: string): Diagnostic {
    return this.run(id).snapshot();
  }

  /** @throws NotFoundError */
  progress(id: string): Progress {
    return this.run(id).progress();
  }

  /** @throws NotFoundError */
  run(id: string): DiagnosticRun {
    const run = this.runs.get(id);
    if (run === undefined) throw new NotFoundError("no such run since Memfleet was started");
    return run;
  }

  /**
   * Starts no further probe of a run; those under way end, and count. A run that has ended stays as it is.
   * @throws ForbiddenError, NotFoundError
   */
  cancel(actor: Pick<Actor, "name" | "role">, id: string): Diagnostic {
    if (this.options.readOnly()) throw new ForbiddenError("this Memfleet is read-only");
    this.checkRole(actor.role, "operator");
    const run = this.run(id);
    this.queue.stop(run, actor.name);
    return run.snapshot();
  }

  /**
   * The newest findings of configured nodes in the form that is asked for; all of them without a limit.
   * @throws NotFoundError for a node or pool that is not configured, InputError for a cursor that is not ours
   */
  async findings<Form extends FindingForm = "whole">(
    query: FindingsQuery,
    form: Form = (query.form ?? "whole") as Form,
  ): Promise<FindingsAnswer<Form>> {
    const { summary, first, rest } = await this.list(query, form);
    const answer = { ...summary, nextCursor: first.nextCursor, findings: [...first.findings] };
    for await (const page of rest) {
      answer.findings.push(...page.findings);
      answer.nextCursor = page.nextCursor;
    }
    return answer;
  }

  /**
   * The same a page at a time, so that nobody ever holds all of them.
   * @throws NotFoundError for a node or pool that is not configured, InputError for a cursor that is not ours
   */
  async list<Form extends FindingForm>(query: FindingsQuery, form: Form): Promise<FindingsList<Form>> {
    const { repository: ledger } = this.options;
    const nodes = this.scope(query);
    const most = query.limit ?? Number.POSITIVE_INFINITY;
    const after = query.cursor === undefined ? null : parseFindingCursor(query.cursor);
    const summary = await ledger.summary(nodes, query.probe);
    const first = await ledger.page(nodes, query, form, after, Math.min(most, PAGE));
    async function* rest(): AsyncGenerator<FindingsPage<Form>> {
      let { nextCursor, findings } = first;
      for (let left = most - findings.length; left > 0 && nextCursor !== null; left -= findings.length) {
        const page = await ledger.page(
          nodes,
          query,
          form,
          parseFindingCursor(nextCursor),
          Math.min(left, PAGE),
        );
        ({ nextCursor, findings } = page);
        yield page;
      }
    }
    return { summary, first, rest: rest() };
  }

  /**
   * How bad it is with each node, by probe.
   * @throws NotFoundError for a node or pool that is not configured, InputError for a cursor that is not ours
   */
  async severityMatrix(query: PostureQuery): Promise<Posture> {
    const nodes = this.scope(query);
    const summary = await this.options.repository.summary(nodes);
    const after = query.cursor === undefined ? null : parseSeverityMatrixCursor(query.cursor);
    const limit = query.limit ?? Number.POSITIVE_INFINITY;
    const { rows, more, diagnosed } = await this.options.repository.severityMatrix(nodes, after, limit);
    const last = rows.at(-1);
    const nextCursor = more && last !== undefined ? severityMatrixCursor(last) : null;
    return { ...summary, diagnosed, nextCursor, nodes: rows };
  }

  /**
   * Keeps that a node's build has the fix, or takes that back. Holds for the version that the node has now.
   * @throws ForbiddenError, NotFoundError, InputError, UnavailableError
   */
  async markPatched(actor: Pick<Actor, "name" | "role">, input: PatchedInput): Promise<void> {
    const { audit, repository: ledger, nowMs, readOnly, input: subject } = this.options;
    if (readOnly()) throw new ForbiddenError("this Memfleet is read-only");
    this.checkRole(actor.role, "admin");
    const { node: id, check, patched, note } = input;
    this.chosen([id], []);
    if (!isPatchable(check)) {
      const allowed = "version-floor, or advisory: and the name of a known one";
      throw new InputError([{ field: "check", found: JSON.stringify(check), allowed }]);
    }
    const entry = await audit.intend({
      ...{ actor, kind: "mark_patched", target: id },
      input: { check, patched, note },
    });
    try {
      const version = storedVersion(subject(id)?.view.version);
      if (!patched) await ledger.unpatch(id, check);
      else await ledger.patch({ node: id, check, version, by: actor.name, atMs: nowMs(), note });
    } catch (error) {
      await audit.outcome(entry.id, "failed", asNamedError(error)?.message ?? "Memfleet failed");
      throw error;
    }
    await audit.outcome(entry.id, "done", patched ? `${check} is patched` : `${check} is not patched`);
  }

  /** Whether a run is still going on. */
  isLive(id: string): boolean {
    return this.runs.get(id)?.ended === false;
  }

  /** Starts nothing more, and ends what is under way. */
  close(): void {
    this.queue.close();
  }

  /** Resolves when what runs now has ended and is kept. */
  settled(): Promise<void> {
    return this.queue.settled();
  }

  private async start(actor: RunActor, request: DiagnoseRequest): Promise<Diagnostic> {
    const nodes = this.nodesOf(request);
    const probes = this.probesOf(request);
    if (this.queue.size >= MOST_LIVE) throw new TooManyError("too many runs wait already", 30);
    const ids = nodes.map(({ id }) => id);
    const { id: audit } = await this.options.audit.intend({
      actor,
      kind: "diagnose",
      target: (ids.length === 1 ? ids[0] : request.pool) ?? "",
      nodes: ids,
      input: { nodes: ids.length, pool: request.pool ?? null, probes, udpPayload: request.udpPayload },
    });
    const run = new DiagnosticRun({
      ...{ audit, actor, nodes, probes, udpPayload: request.udpPayload },
      startedMs: this.options.nowMs(),
    });
    this.keep(run);
    this.queue.add(run);
    return run.snapshot();
  }

  private nodesOf({ nodes, pool }: DiagnoseRequest): readonly KnownNode[] {
    if (nodes === undefined && pool === undefined) return this.options.nodes();
    return this.chosen(nodes ?? [], pool === undefined ? [] : [pool]);
  }

  private scope({ node, pool }: Pick<FindingsQuery, "node" | "pool">): readonly KnownNode[] {
    const everything = node === undefined && pool === undefined;
    return everything ? this.options.nodes() : this.chosen(node ?? [], pool ?? []);
  }

  /** Each node once. */
  private chosen(ids: readonly string[], pools: readonly string[]): readonly KnownNode[] {
    const known = this.options.nodes();
    const byId = new Map(known.map((node) => [node.id, node]));
    const named = ids.map((id) => byId.get(id) ?? unknownNode(id));
    const pooled = pools.flatMap((pool) => {
      const members = known.filter((node) => node.pool === pool);
      if (members.length === 0) throw new NotFoundError(`no pool named ${pool} has nodes`);
      return members;
    });
    return [...new Set([...named, ...pooled])];
  }

  /** In the order of the registry, so that what is shared is asked once. */
  private probesOf({ probes }: DiagnoseRequest): readonly ProbeName[] {
    if (!this.options.udp() && probes?.includes("udp-exposure")) {
      throw new CapabilityError("the UDP probe is switched off: see probes.udp in the configuration");
    }
    const wanted = new Set(probes ?? DEFAULT_PROBES);
    if (!this.options.udp()) wanted.delete("udp-exposure");
    return this.options.probes.map(({ name }) => name).filter((name) => wanted.has(name));
  }

  private checkRole(role: Role, least: Role): void {
    if (!isAtLeastRole(role, least)) throw new ForbiddenError(`this takes the role ${least}`);
  }

  /** Forgets the oldest ended runs beyond what is remembered; never the newest. */
  private keep(run: DiagnosticRun): void {
    this.runs.set(run.id, run);
    const ended = [...this.runs.values()].filter((one) => one.ended);
    let held = ended.reduce((sum, one) => sum + one.size, 0);
    let left = ended.length;
    for (const one of ended) {
      if (left <= 1 || (left <= MOST_ENDED && held <= MAX_RUNS_HELD)) return;
      this.runs.delete(one.id);
      held -= one.size;
      left--;
    }
  }
}

const SCHEDULE: RunActor = { name: "schedule", role: "operator" };

function unknownNode(id: string): never {
  throw new NotFoundError(`no node named ${id} is configured`);
}
