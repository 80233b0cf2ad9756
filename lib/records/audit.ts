/** The audit as the rest of the product writes and reads it. */
import type { Actor } from "@/lib/model/access.schema";
import { AUDIT_KINDS, type AuditKind, type AuditOutcome } from "@/lib/model/actions/audit";
import type { Audit, AuditEntry } from "@/lib/model/actions/audit.schema";
import { numberCursor, parseNumberCursor } from "@/lib/model/cursor";
import type { RecordsStore } from "./open";
import type { AuditRow } from "./tables/audit";

export interface NewAuditEntry {
  /** Null: nobody was recognised. */
  readonly actor: Pick<Actor, "name" | "role"> | null;
  readonly kind: AuditKind;
  readonly target: string;
  /** The nodes that `target` stands for, when it stands for several. */
  readonly nodes?: readonly string[];
  /** What was asked for. Never a password, a token or a value. */
  readonly input: Readonly<Record<string, unknown>>;
}

export interface AuditSearch {
  readonly node?: string | undefined;
  readonly actor?: string | undefined;
  readonly kind?: AuditKind | undefined;
  /** Part of who, what, the target, the input or the detail. */
  readonly q?: string | undefined;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

type Ended = Extract<AuditOutcome, "done" | "failed" | "cancelled" | "refused">;

export class AuditRecords {
  /** Entries that this process has kept. */
  written = 0;
  /** Intentions of this process whose outcome is still to come. */
  private readonly running = new Set<number>();

  constructor(
    private readonly store: Pick<RecordsStore, "call">,
    private readonly nowMs: () => number,
  ) {}

  /** Keeps something that has happened already. */
  async record(note: NewAuditEntry, outcome: Ended, detail: string): Promise<void> {
    await this.store.call("audit.append", {
      ...this.row(note),
      idempotency: null,
      outcome: { outcome, detail },
    });
    this.written++;
  }

  /** Keeps an intention; resolves once it is on disk. */
  async intend(note: NewAuditEntry): Promise<{ id: number }> {
    const { id } = await this.store.call("audit.append", {
      ...this.row(note),
      idempotency: null,
      outcome: null,
    });
    this.began(id);
    return { id };
  }

  /** Keeps how an intention ended. Rejects when that cannot be kept: it then stays `unknown`. */
  async outcome(id: number, outcome: Ended, detail: string): Promise<void> {
    try {
      await this.store.call("audit.outcome", { id, atMs: this.nowMs(), outcome, detail });
    } finally {
      this.over(id);
    }
  }

  /**
   * Newest first.
   * @throws InputError for a cursor that is not ours
   */
  async find(search: AuditSearch): Promise<Audit> {
    const { node = null, actor = null, kind = null, q = null, fromMs = null, toMs = null, limit } = search;
    const beforeId = search.cursor === undefined ? null : parseNumberCursor("a", search.cursor);
    const request = { target: node, actor, kind, text: q, fromMs, toMs, beforeId };
    const rows = await this.store.call("audit.find", { ...request, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      entries: shown.map((row) => this.entry(row)),
      nextCursor: rows.length > limit && last !== undefined ? numberCursor("a", last.id) : null,
    };
  }

  /** An intention whose outcome is kept elsewhere, and still to come. */
  began(id: number): void {
    this.written++;
    this.running.add(id);
  }

  /** Its outcome is kept, or cannot be. */
  over(id: number): void {
    this.running.delete(id);
  }

  /** A note as it is kept. */
  row({ actor, kind, target, nodes = [], input }: NewAuditEntry) {
    const { name = "", role = "" } = actor ?? {};
    return { atMs: this.nowMs(), actor: name, role, kind, target, nodes, input: JSON.stringify(input) };
  }

  private entry(row: AuditRow): AuditEntry {
    const { atMs, actor, role, target, detail } = row;
    const kind = AUDIT_KINDS.find((known) => known === row.kind) ?? "sign_in";
    const ended = row.outcome as Ended | null;
    const outcome = ended ?? (this.running.has(row.id) ? "running" : "unknown");
    return {
      id: String(row.id),
      atMs,
      actor,
      role,
      kind,
      target,
      input: JSON.parse(row.input),
      outcome,
      detail,
    };
  }
}
