/** People and scripts of every role, and how they show who they are. */
import { createHash } from "node:crypto";
import { hashPassword } from "@/lib/access/password";
import { ROLES, type Role } from "@/lib/model/roles";

export const PASSWORDS: Readonly<Record<Role, string>> = {
  viewer: "viewer-pass-1",
  operator: "operator-pass-2",
  admin: "admin-pass-3",
};
export const TOKENS: Readonly<Record<Role, string>> = {
  viewer: "token-of-a-viewer",
  operator: "token-of-an-operator",
  admin: "token-of-an-admin",
};

/** The section `auth`: a user and a token for each role, each named after it. */
export async function authOfEveryRole() {
  const users = await Promise.all(
    ROLES.map(async (role) => ({ name: role, passwordHash: await hashPassword(PASSWORDS[role]), role })),
  );
  const tokens = ROLES.map((role) => ({
    name: `${role}-token`,
    hash: `sha256:${createHash("sha256").update(TOKENS[role]).digest("hex")}`,
    role,
  }));
  return { users, tokens };
}

/** Signs in as a script would and gives the `Cookie` header to send from then on. */
export async function signIn(url: string, role: Role, more: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`${url}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json", ...more },
    body: JSON.stringify({ username: role, password: PASSWORDS[role] }),
  });
  if (!response.ok) throw new Error(`sign-in answered ${response.status}: ${await response.text()}`);
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

export function asToken(role: Role): Record<string, string> {
  return { authorization: `Bearer ${TOKENS[role]}` };
}
