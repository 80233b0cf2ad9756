/** Entry point of diagnostics: checks role and nodes, then writes the audit, and only then starts a run. */
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
  Progress,
  SeverityMatrixPage,
} from "@/lib/model/findings/finding.schema";
import type { FindingsQuery, SeverityMatrixQuery } from "@/lib/model/http/queries";
import { isAtLeastRole, type Role } from "@/lib/model/roles";
import type { AuditRecords } from "@/lib/records/audit";
import type { FindingsPage, FindingsSummary, KnownNode } from "./finding-repository";
import { parseFindingCursor } from "./finding-views";
import { storedVersion } from "./probe-session";
import { isPatchable } from "./probes/advisories/advisories";
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

export interface FindingsList<Form extends FindingForm> {
  readonly summary: FindingsSummary;
  readonly first: FindingsPage<Form>;
  /** The remaining pages, up to the limit or the end. */
  readonly rest: AsyncGenerator<FindingsPage<Form>>;
}

/** Findings read at once: a few milliseconds of work, and a few megabytes at most. */
const PAGE = 200;
/** Maximum runs that have not ended. */
const MAX_ACTIVE = 50;
/** Maximum ended runs to keep, and the findings they hold together. */
const MAX_ENDED = 50;
const MAX_HELD_FINDINGS = 5_000;

export class DiagnosticsService {
  /** Oldest first. */
  private readonly runs = new Map<string, DiagnosticRun>();
  private readonly scheduler: RunScheduler;

  constructor(private readonly options: DiagnosticsOptions) {
    this.scheduler = new RunScheduler(options);
  }

  /**
   * Starts a run and returns while it is active.
   * @throws ForbiddenError, NotFoundError, CapabilityError (a disabled probe), TooManyError, UnavailableError when the
   *   audit entry can't be written: then nothing was sent
   */
  async begin(actor: RunActor, request: DiagnoseRequest): Promise<Diagnostic> {
    this.checkAllowed(actor.role, "operator");
    return this.start(actor, request);
  }

  /** A scheduled run: every node, the default probes. */
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
    if (run === undefined) throw new NotFoundError("no such run since Memfleet started");
    return run;
  }

  /**
   * Starts no further probe of a run; active ones finish, and count. Has no effect on a run that has ended.
   * @throws ForbiddenError, NotFoundError
   */
  cancel(actor: RunActor, id: string): Diagnostic {
    this.checkRole(actor.role, "operator");
    const run = this.run(id);
    this.scheduler.stop(run, actor.name);
    return run.snapshot();
  }

  /**
   * The latest findings of configured nodes in the requested form; all of them without a limit. A page at a time, so that
   * they are never all in memory.
   * @throws NotFoundError for a node or pool that is not configured, InputError for an invalid cursor
   */
  async list<Form extends FindingForm>(query: FindingsQuery, form: Form): Promise<FindingsList<Form>> {
    const { repository } = this.options;
    const nodes = this.scope(query);
    const limit = query.limit ?? Number.POSITIVE_INFINITY;
    const after = query.cursor === undefined ? null : parseFindingCursor(query.cursor);
    const summary = await repository.summary(nodes, query.probe);
    const first = await repository.page(nodes, query, form, after, Math.min(limit, PAGE));
    async function* rest(): AsyncGenerator<FindingsPage<Form>> {
      let page = first;
      let remaining = limit - page.findings.length;
      while (remaining > 0 && page.nextCursor !== null) {
        const position = parseFindingCursor(page.nextCursor);
        page = await repository.page(nodes, query, form, position, Math.min(remaining, PAGE));
        remaining -= page.findings.length;
        yield page;
      }
    }
    return { summary, first, rest: rest() };
  }

  /**
   * The severities of each node, by probe.
   * @throws NotFoundError for a node or pool that is not configured, InputError for an invalid cursor
   */
  async severityMatrix(query: SeverityMatrixQuery): Promise<SeverityMatrixPage> {
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
   * Marks a node's build as patched, or removes the mark. Applies to the node's current version only.
   * @throws ForbiddenError, NotFoundError, InputError, UnavailableError
   */
  async markPatched(actor: RunActor, input: PatchedInput): Promise<void> {
    const { audit, repository, nowMs, input: probeInput } = this.options;
    this.checkAllowed(actor.role, "admin");
    const { node: id, check, patched, note } = input;
    this.select([id], []);
    if (!isPatchable(check)) {
      const allowed = "version-floor, or advisory: followed by the name of a known advisory";
      throw new InputError([{ field: "check", found: JSON.stringify(check), allowed }]);
    }
    const entry = await audit.intend({
      actor,
      kind: "mark_patched",
      target: id,
      input: { check, patched, note },
    });
    try {
      const version = storedVersion(probeInput(id)?.view.version);
      if (!patched) await repository.unpatch(id, check);
      else await repository.patch({ node: id, check, version, by: actor.name, atMs: nowMs(), note });
    } catch (error) {
      await audit.outcome(entry.id, "failed", asNamedError(error)?.message ?? "Memfleet failed");
      throw error;
    }
    await audit.outcome(entry.id, "done", patched ? `${check} is patched` : `${check} is not patched`);
  }

  /** Whether a run is still active. */
  isLive(id: string): boolean {
    return this.runs.get(id)?.ended === false;
  }

  /** Starts nothing more, and aborts active runs. */
  close(): void {
    this.scheduler.close();
  }

  /** Resolves when active runs have ended and are saved. */
  settled(): Promise<void> {
    return this.scheduler.settled();
  }

  private async start(actor: RunActor, request: DiagnoseRequest): Promise<Diagnostic> {
    const nodes = this.nodesOf(request);
    const probes = this.probesOf(request);
    if (this.scheduler.size >= MAX_ACTIVE)
      throw new TooManyError("too many diagnostic runs are waiting; try again later", 30);
    const ids = nodes.map(({ id }) => id);
    const { id: audit } = await this.options.audit.intend({
      actor,
      kind: "diagnose",
      target: (ids.length === 1 ? ids[0] : request.pool) ?? "",
      nodes: ids,
      input: { nodes: ids.length, pool: request.pool ?? null, probes, udpPayload: request.udpPayload },
    });
    const run = new DiagnosticRun({
      audit,
      actor,
      nodes,
      probes,
      udpPayload: request.udpPayload,
      startedMs: this.options.nowMs(),
    });
    this.keep(run);
    this.scheduler.add(run);
    return run.snapshot();
  }

  private nodesOf({ nodes, pool }: DiagnoseRequest): readonly KnownNode[] {
    if (nodes === undefined && pool === undefined) return this.options.nodes();
    return this.select(nodes ?? [], pool === undefined ? [] : [pool]);
  }

  private scope({ node, pool }: Pick<FindingsQuery, "node" | "pool">): readonly KnownNode[] {
    if (node === undefined && pool === undefined) return this.options.nodes();
    return this.select(node ?? [], pool ?? []);
  }

  /** The named nodes and the members of the pools, without duplicates. */
  private select(ids: readonly string[], pools: readonly string[]): readonly KnownNode[] {
    const configured = this.options.nodes();
    const byId = new Map(configured.map((node) => [node.id, node]));
    const named = ids.map((id) => byId.get(id) ?? unknownNode(id));
    const pooled = pools.flatMap((pool) => {
      const members = configured.filter((node) => node.pool === pool);
      if (members.length === 0) throw new NotFoundError(`no pool named ${pool} has nodes`);
      return members;
    });
    return [...new Set([...named, ...pooled])];
  }

  /** In the order of the registry. */
  private probesOf({ probes }: DiagnoseRequest): readonly ProbeName[] {
    if (!this.options.udp() && probes?.includes("udp-exposure")) {
      throw new CapabilityError("the UDP probe is disabled; see probes.udp in the configuration");
    }
    const wanted = new Set(probes ?? DEFAULT_PROBES);
    if (!this.options.udp()) wanted.delete("udp-exposure");
    return this.options.probes.map(({ name }) => name).filter((name) => wanted.has(name));
  }

  private checkAllowed(role: Role, required: Role): void {
    if (this.options.readOnly()) throw new ForbiddenError("Memfleet is read-only");
    this.checkRole(role, required);
  }

  private checkRole(role: Role, required: Role): void {
    if (!isAtLeastRole(role, required)) throw new ForbiddenError(`this requires the role ${required}`);
  }

  /** Keeps the run, and drops the oldest ended runs beyond the limits; never the latest. */
  private keep(run: DiagnosticRun): void {
    this.runs.set(run.id, run);
    const ended = [...this.runs.values()].filter(({ ended }) => ended);
    let findings = ended.reduce((sum, { size }) => sum + size, 0);
    let count = ended.length;
    for (const oldest of ended) {
      if (count <= 1 || (count <= MAX_ENDED && findings <= MAX_HELD_FINDINGS)) return;
      this.runs.delete(oldest.id);
      findings -= oldest.size;
      count--;
    }
  }
}

const SCHEDULE: RunActor = { name: "schedule", role: "operator" };

function unknownNode(id: string): never {
  throw new NotFoundError(`no node named ${id} is configured`);
}
