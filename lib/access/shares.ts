/**
 * Share links. The token is 128 random bits and stored as a hash; a share shows collected data only. Unknown, expired
 * and revoked tokens are not distinguished: all are null.
 */
import type { z } from "zod";
import { type Actor, identityOf } from "@/lib/model/access.schema";
import { ForbiddenError, NotFoundError } from "@/lib/model/errors";
import { parsePasswordHash } from "@/lib/model/password-hash";
import { isAtLeastRole } from "@/lib/model/roles";
import { DEFAULT_SHARE_FIELDS, SHARE_FIELDS, SHARE_LIMITS } from "@/lib/model/share";
import type { OpenedShare, Share, ShareStatus, shareInputSchema } from "@/lib/model/share.schema";
import type { AuditRecords } from "@/lib/records/audit";
import type { RecordsStore } from "@/lib/records/open";
import type { ShareRow } from "@/lib/records/tables/shares";
import { Attempts, reserveAll } from "./attempts";
import { addressKey } from "./client-address";
import { hashPassword, isPassword } from "./password";
import { hmac, newSecret, sameSecret, sha256 } from "./secrets";
import type { ShareSettings } from "./share-redaction";

/** The data that shares show. Never sends anything to a node. */
export interface ShareSource {
  /** @throws NotFoundError for a pool that is not configured */
  poolNodes(pool: string): string[];
  /** @throws NotFoundError for a node that is not configured */
  checkNode(id: string): void;
  status(settings: ShareSettings, expiresMs: number): Promise<ShareStatus>;
}

export interface CreatedShare {
  readonly id: string;
  readonly token: string;
  readonly expiresMs: number;
}

const TEN_MINUTES = 10 * 60_000;
const UNLOCK_LIMITS = {
  fromAddress: { tries: 10, windowMs: TEN_MINUTES },
  share: { tries: 100, windowMs: TEN_MINUTES },
} as const;
/** How long a live status is cached, in milliseconds: many viewers cost as much as one. */
const FRESH_MS = 2_000;
const CACHED_STATUSES = 200;

export class Shares {
  private readonly unlockFrom: Attempts;
  private readonly unlockShare: Attempts;
  private readonly statuses = new Map<
    string,
    { readonly atMs: number; readonly status: Promise<ShareStatus> }
  >();

  constructor(
    private readonly store: RecordsStore,
    private readonly audit: AuditRecords,
    private readonly source: ShareSource,
    private readonly nowMs: () => number,
  ) {
    this.unlockFrom = new Attempts(UNLOCK_LIMITS.fromAddress, nowMs);
    this.unlockShare = new Attempts(UNLOCK_LIMITS.share, nowMs);
  }

  /**
   * Creates a share. The token is in the reply and stored nowhere.
   * @throws NotFoundError for a node or pool that is not configured
   */
  async make(actor: Actor, request: z.output<typeof shareInputSchema>): Promise<CreatedShare> {
    const settings = this.settingsOf(request);
    const createdMs = this.nowMs();
    const expiresMs = createdMs + request.expiresInSeconds * 1_000;
    const id = newSecret(9);
    const token = newSecret(16);
    const password = request.password === undefined ? null : await hashPassword(request.password);
    const { nodes, pool, fields, mode, redacted, label } = settings;
    const shown = { nodes: pool === null ? nodes : [], pool, fields, mode, redacted, label, expiresMs };
    const input = { ...shown, password: password !== null };
    const intention = await this.audit.intend({ actor, kind: "share_create", target: id, input });
    const snapshot =
      settings.mode === "frozen" ? JSON.stringify(await this.source.status(settings, expiresMs)) : null;
    await this.store.call("share.sweep", { expiredBeforeMs: createdMs });
    await this.store.call("share.put", {
      id,
      token: sha256(token),
      settings: JSON.stringify(settings),
      password,
      snapshot,
      createdBy: actor.name,
      creator: identityOf(actor),
      createdMs,
      expiresMs,
      usedMs: null,
      uses: 0,
    });
    await this.audit.outcome(intention.id, "done", "");
    return { id, token, expiresMs };
  }

  /** Shares that have not expired, newest first. */
  async list(actor: Actor): Promise<Share[]> {
    const rows = await this.store.call("share.list", { nowMs: this.nowMs() });
    return rows.map((row) => listed(row, actor));
  }

  /**
   * Revokes a share at once.
   * @throws NotFoundError
   * @throws ForbiddenError for another user's share, unless the actor is an admin
   */
  async revoke(actor: Actor, id: string): Promise<void> {
    const share = (await this.list(actor)).find((candidate) => candidate.id === id);
    if (share === undefined) throw new NotFoundError(`no share has the id ${id}`);
    const entry = { actor, kind: "share_revoke", target: id, input: { createdBy: share.createdBy } } as const;
    if (!share.mayRevoke) {
      await this.audit.record(entry, "refused", "created by another user");
      throw new ForbiddenError("only an admin can revoke another user’s share");
    }
    const intention = await this.audit.intend(entry);
    await this.store.call("share.delete", { id });
    this.statuses.delete(id);
    await this.audit.outcome(intention.id, "done", "");
  }

  /**
   * What the token shows; `locked` when it has a password and `unlocked` is not what `unlock` returned. Null when it
   * is unknown, expired or revoked. `opened`: its page was opened, which counts as a view.
   */
  async open(token: string, unlocked: string | null, opened = false): Promise<OpenedShare | null> {
    const row = await this.row(token);
    if (row === null) return null;
    if (row.password !== null && !(unlocked !== null && sameSecret(unlocked, keyOf(row.password, token)))) {
      return { locked: true };
    }
    if (opened) await this.store.call("share.used", { id: row.id, atMs: this.nowMs(), uses: 1 });
    return { locked: false, status: await this.statusOf(row) };
  }

  /**
   * What the browser has to pass to `open` from now on; null when the token is unknown, expired or revoked.
   * @throws ForbiddenError for a wrong password
   * @throws TooManyError
   */
  async unlock(token: string, password: string, address: string): Promise<string | null> {
    const row = await this.row(token);
    if (row === null) return null;
    if (row.password === null) return "";
    const counts = [
      [this.unlockFrom, `${row.id} ${addressKey(address)}`],
      [this.unlockShare, row.id],
    ] as const;
    reserveAll(counts);
    const hash = parsePasswordHash(row.password);
    if (hash === null || !(await isPassword(hash, password))) throw new ForbiddenError("incorrect password");
    for (const [attempts, key] of counts) attempts.giveBack(key);
    return keyOf(row.password, token);
  }

  private async row(token: string): Promise<ShareRow | null> {
    if (!/^[\w-]{22}$/.test(token)) return null;
    const hash = sha256(token);
    const row = await this.store.call("share.get", { token: hash });
    return row !== null && sameSecret(row.token, hash) && row.expiresMs > this.nowMs() ? row : null;
  }

  private async statusOf(row: ShareRow): Promise<ShareStatus> {
    const servedMs = this.nowMs();
    if (row.snapshot !== null) return { ...(JSON.parse(row.snapshot) as ShareStatus), servedMs };
    const cached = this.statuses.get(row.id);
    if (cached !== undefined && servedMs - cached.atMs < FRESH_MS) {
      return { ...(await cached.status), servedMs };
    }
    const status = this.source.status(JSON.parse(row.settings) as ShareSettings, row.expiresMs);
    if (this.statuses.size >= CACHED_STATUSES) this.statuses.clear();
    this.statuses.set(row.id, { atMs: servedMs, status });
    status.catch(() => this.statuses.delete(row.id));
    return await status;
  }

  private settingsOf(input: z.output<typeof shareInputSchema>): ShareSettings {
    const pool = input.pool ?? null;
    const nodes = pool === null ? [...new Set(input.nodes ?? [])] : this.source.poolNodes(pool);
    for (const id of nodes) this.source.checkNode(id);
    const selected = new Set(input.fields ?? DEFAULT_SHARE_FIELDS);
    return {
      label: input.label?.trim() || null,
      pool,
      nodes,
      fields: SHARE_FIELDS.filter((field) => selected.has(field)),
      windowMs: input.windowMs ?? SHARE_LIMITS.windowMs.usual,
      mode: input.mode,
      redacted: input.redact,
    };
  }
}

/** Derived from the salted hash of the password, which never leaves the store, so it ends with the password. */
function keyOf(passwordHash: string, token: string): string {
  return hmac(passwordHash, token);
}

function listed(row: ShareRow, actor: Actor): Share {
  const { label, pool, nodes, fields, windowMs, mode, redacted } = JSON.parse(row.settings) as ShareSettings;
  return {
    id: row.id,
    label,
    pool,
    nodes: [...nodes],
    fields: [...fields],
    windowMs,
    mode,
    redacted,
    hasPassword: row.password !== null,
    createdBy: row.createdBy,
    createdByIdentity: row.creator,
    createdMs: row.createdMs,
    expiresMs: row.expiresMs,
    lastUsedMs: row.usedMs,
    uses: row.uses,
    mayRevoke: identityOf(actor) === row.creator || isAtLeastRole(actor.role, "admin"),
  };
}
