/**
 * Share links. The token is 128 random bits and kept as a hash; what a share shows comes from what was collected.
 * Unknown, expired and revoked tokens are all the same: null.
 */

import type { z } from "zod";
import type { Actor } from "@/lib/model/access.schema";
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

/** What a share is filled from. Never asks a node. */
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
/** How long a live status is good for: many readers cost as much as one. */
const FRESH_MS = 2_000;
const KEPT_STATUSES = 200;

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
   * Makes one. The token is in the answer and nowhere else.
   * @throws NotFoundError for a node or pool that is not configured
   */
  async make(actor: Actor, input: z.output<typeof shareInputSchema>): Promise<CreatedShare> {
    const settings = this.settingsOf(input);
    const createdMs = this.nowMs();
    const expiresMs = createdMs + input.expiresInSeconds * 1_000;
    const id = newSecret(9);
    const token = newSecret(16);
    const password = input.password === undefined ? null : await hashPassword(input.password);
    const { nodes, pool, fields, mode, redacted, label } = settings;
    const said = { nodes: pool === null ? nodes : [], pool, fields, mode, redacted, label, expiresMs };
    const intention = await this.audit.intend({
      ...{ actor, kind: "share_create", target: id },
      input: { ...said, password: password !== null },
    });
    const snapshot =
      settings.mode === "frozen" ? JSON.stringify(await this.source.status(settings, expiresMs)) : null;
    await this.store.call("share.sweep", { expiredBeforeMs: createdMs });
    await this.store.call("share.put", {
      ...{ id, token: sha256(token), settings: JSON.stringify(settings), password, snapshot },
      ...{ createdBy: actor.name, createdMs, expiresMs, usedMs: null, uses: 0 },
    });
    await this.audit.outcome(intention.id, "done", "");
    return { id, token, expiresMs };
  }

  /** Those that still work, newest first. */
  async list(actor: Actor): Promise<Share[]> {
    const rows = await this.store.call("share.list", { nowMs: this.nowMs() });
    return rows.map((row) => listed(row, actor));
  }

  /**
   * Ends one at once.
   * @throws NotFoundError
   * @throws ForbiddenError for somebody else's, unless the actor is an admin
   */
  async revoke(actor: Actor, id: string): Promise<void> {
    const share = (await this.list(actor)).find((known) => known.id === id);
    if (share === undefined) throw new NotFoundError("no such share");
    const note = { actor, kind: "share_revoke", target: id, input: { createdBy: share.createdBy } } as const;
    if (!share.mayRevoke) {
      await this.audit.record(note, "refused", "made by somebody else");
      throw new ForbiddenError("only an admin may revoke what somebody else shared");
    }
    const intention = await this.audit.intend(note);
    await this.store.call("share.delete", { id });
    this.statuses.delete(id);
    await this.audit.outcome(intention.id, "done", "");
  }

  /**
   * What the token shows; `locked` when it asks for a password and `unlocked` is not what `unlock` gave. Null when
   * it is unknown, expired or revoked. `opened`: its page was opened, which is counted.
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
   * What the browser has to show to `open` from now on; null when there is no such share.
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
    if (hash === null || !(await isPassword(hash, password)))
      throw new ForbiddenError("the password is wrong");
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
    const kept = this.statuses.get(row.id);
    if (kept !== undefined && servedMs - kept.atMs < FRESH_MS) return { ...(await kept.status), servedMs };
    const status = this.source.status(JSON.parse(row.settings) as ShareSettings, row.expiresMs);
    if (this.statuses.size >= KEPT_STATUSES) this.statuses.clear();
    this.statuses.set(row.id, { atMs: servedMs, status });
    status.catch(() => this.statuses.delete(row.id));
    return await status;
  }

  private settingsOf(input: z.output<typeof shareInputSchema>): ShareSettings {
    const pool = input.pool ?? null;
    const nodes = pool === null ? [...new Set(input.nodes ?? [])] : this.source.poolNodes(pool);
    for (const id of nodes) this.source.checkNode(id);
    const ticked = new Set(input.fields ?? DEFAULT_SHARE_FIELDS);
    return {
      label: input.label?.trim() || null,
      pool,
      nodes,
      fields: SHARE_FIELDS.filter((field) => ticked.has(field)),
      windowMs: input.windowMs ?? SHARE_LIMITS.windowMs.usual,
      mode: input.mode,
      redacted: input.redact,
    };
  }
}

/** Follows from the password's salted hash, which nobody outside has, and ends with the password. */
function keyOf(passwordHash: string, token: string): string {
  return hmac(passwordHash, token);
}

function listed(row: ShareRow, actor: Actor): Share {
  const { label, pool, nodes, fields, windowMs, mode, redacted } = JSON.parse(row.settings) as ShareSettings;
  return {
    ...{ id: row.id, label, pool, nodes: [...nodes], fields: [...fields], windowMs, mode, redacted },
    hasPassword: row.password !== null,
    createdBy: row.createdBy,
    createdMs: row.createdMs,
    expiresMs: row.expiresMs,
    lastUsedMs: row.usedMs,
    uses: row.uses,
    mayRevoke: actor.name === row.createdBy || isAtLeastRole(actor.role, "admin"),
  };
}
