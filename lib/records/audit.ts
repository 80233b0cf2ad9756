/** Writes and reads the audit. */
import { type AuditActor, identityOf } from "@/lib/model/access.schema";
import { AUDIT_KINDS, type AuditKind, type AuditOutcome } from "@/lib/model/actions/audit";
import type { Audit, AuditEntry } from "@/lib/model/actions/audit.schema";
import type { RecordsStore } from "./open";
import { idOfCursor, pageOf } from "./page";
import { storedValue } from "./stored-value";
import type { AuditRow } from "./tables/audit";

export interface NewAuditEntry {
  /** Null: not authenticated. */
  readonly actor: AuditActor | null;
  readonly kind: AuditKind;
  readonly target: string;
  /** The nodes, when `target` names several. */
  readonly nodes?: readonly string[];
  /** Of the request. Never a password, a token or a value. */
  readonly input: Readonly<Record<string, unknown>>;
}

export interface AuditSearch {
  readonly node?: string | undefined;
  readonly actor?: string | undefined;
  readonly kind?: AuditKind | undefined;
  /** Part of the actor, identity, kind, target, input or detail. */
  readonly q?: string | undefined;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

type FinalOutcome = Exclude<AuditOutcome, "running" | "unknown">;

const FINAL_OUTCOMES = ["done", "failed", "cancelled", "refused"] as const satisfies readonly FinalOutcome[];

export class AuditRecords {
  /** Entries that this process has written. */
  written = 0;
  /** Intentions of this process without an outcome yet. */
  private readonly running = new Set<number>();

  constructor(
    private readonly store: Pick<RecordsStore, "call">,
    private readonly nowMs: () => number,
  ) {}

  /** Writes an entry of what has happened already. */
  async record(entry: NewAuditEntry, outcome: FinalOutcome, detail: string): Promise<void> {
    const row = { ...this.row(entry), idempotency: null, outcome: { outcome, detail } };
    await this.store.call("audit.append", row);
    this.written++;
  }

  /** Writes an intention; resolves once it is on disk. */
  async intend(entry: NewAuditEntry): Promise<{ id: number }> {
    const row = { ...this.row(entry), idempotency: null, outcome: null };
    const { id } = await this.store.call("audit.append", row);
    this.began(id);
    return { id };
  }

  /** Writes the outcome of an intention. Rejects when it cannot be written: it then stays `unknown`. */
  async outcome(id: number, outcome: FinalOutcome, detail: string): Promise<void> {
    try {
      await this.store.call("audit.outcome", { id, atMs: this.nowMs(), outcome, detail });
    } finally {
      this.ended(id);
    }
  }

  /**
   * Newest first.
   * @throws InputError for a cursor that no earlier reply gave
   */
  async find(search: AuditSearch): Promise<Audit> {
    const { node = null, actor = null, kind = null, q = null, fromMs = null, toMs = null, limit } = search;
    const beforeId = idOfCursor("a", search.cursor);
    const request = { target: node, actor, kind, text: q, fromMs, toMs, beforeId, limit: limit + 1 };
    const { page, nextCursor } = pageOf("a", await this.store.call("audit.find", request), limit);
    return { entries: page.map((row) => this.entry(row)), nextCursor };
  }

  /** An intention was written whose outcome `ActionRecords` writes. */
  began(id: number): void {
    this.written++;
    this.running.add(id);
  }

  /** Its outcome is written, or cannot be. */
  ended(id: number): void {
    this.running.delete(id);
  }

  /** The row of an entry. */
  row({ actor, kind, target, nodes = [], input }: NewAuditEntry) {
    const { name = "", role = "" } = actor ?? {};
    const identity = actor === null ? "" : identityOf(actor);
    return {
      atMs: this.nowMs(),
      actor: name,
      identity,
      role,
      kind,
      target,
      nodes,
      input: JSON.stringify(input),
    };
  }

  private entry(row: AuditRow): AuditEntry {
    const { id, kind, input, outcome, ...shown } = row;
    const unfinished = this.running.has(id) ? "running" : "unknown";
    return {
      ...shown,
      id: String(id),
      kind: storedValue(AUDIT_KINDS, kind),
      input: JSON.parse(input),
      outcome: outcome === null ? unfinished : storedValue(FINAL_OUTCOMES, outcome),
    };
  }
}
