/** Sign-in with user name and password. */
import type { AuthSettings } from "@/lib/config/contract";
import type { AuditActor, SignIn } from "@/lib/model/access.schema";
import { NotSignedInError } from "@/lib/model/errors";
import { parsePasswordHash } from "@/lib/model/password-hash";
import type { AuditRecords } from "@/lib/records/audit";
import { Attempts, reserveAll } from "./attempts";
import { addressKey } from "./client-address";
import { impossibleHash, isPassword } from "./password";
import type { Session, Sessions } from "./sessions";

const MINUTES_10 = 10 * 60_000;
/**
 * Failed attempts before the next one has to wait. One address is stopped long before it can use up the attempts of an
 * account, so it cannot lock the account's owner out.
 */
const LIMITS = {
  accountFromAddress: { tries: 10, windowMs: MINUTES_10 },
  address: { tries: 30, windowMs: MINUTES_10 },
  account: { tries: 200, windowMs: MINUTES_10 },
} as const;

export class PasswordSignIn {
  private readonly fromAddress: Attempts;
  private readonly address: Attempts;
  private readonly account: Attempts;

  constructor(
    private readonly auth: () => AuthSettings,
    private readonly sessions: Sessions,
    private readonly audit: AuditRecords,
    nowMs: () => number,
  ) {
    this.fromAddress = new Attempts(LIMITS.accountFromAddress, nowMs);
    this.address = new Attempts(LIMITS.address, nowMs);
    this.account = new Attempts(LIMITS.account, nowMs);
  }

  /**
   * A new session for the correct password.
   * @throws NotSignedInError for a wrong password and an unknown user alike, after the same time
   * @throws TooManyError
   */
  async signIn(input: SignIn, address: string): Promise<{ token: string; session: Session }> {
    const from = addressKey(address);
    const counts = [
      [this.fromAddress, `${from} ${input.username}`],
      [this.address, from],
      [this.account, input.username],
    ] as const;
    reserveAll(counts);
    const { users } = this.auth();
    const user = users.find(({ name }) => name === input.username);
    const hash = (user && parsePasswordHash(user.passwordHash)) ?? impossibleHash(users[0]?.passwordHash);
    const correct = await isPassword(hash, input.password);
    if (!correct || user === undefined) {
      await this.refused(
        user === undefined ? null : { name: user.name, role: user.role, via: "password" },
        address,
      );
      throw new NotSignedInError("incorrect user name or password");
    }
    for (const [attempts, key] of counts) attempts.giveBack(key);
    const actor = { name: user.name, role: user.role, via: "password" } as const;
    const entry = { actor, kind: "sign_in", target: "", input: { via: "password", address } } as const;
    await this.audit.record(entry, "done", "");
    return this.sessions.begin(actor);
  }

  /** An unknown user name may be a mistyped password: the audit does not store it. */
  private refused(actor: AuditActor | null, address: string) {
    const input = { via: "password", address };
    const detail = actor === null ? "unknown user" : "wrong password";
    return this.audit.record({ actor, kind: "sign_in", target: "", input }, "refused", detail);
  }
}
