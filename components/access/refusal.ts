/** Whether the user may do something, and why not. Pure: the server decides again. */
import type { Whoami } from "@/lib/model/access.schema";
import { isAtLeastRole, type Role } from "@/lib/model/roles";

export type Refusal =
  | { readonly why: "readOnly" }
  | { readonly why: "role"; readonly role: Role; readonly needed: Role };

/** Null: allowed. Reading needs only the role; changing is also refused in read-only mode. */
export function refusalOf(whoami: Whoami, needed: Role, kind: "see" | "change" = "change"): Refusal | null {
  const { role } = whoami.actor;
  if (!isAtLeastRole(role, needed)) return { why: "role", role, needed };
  return kind === "change" && whoami.readOnly ? { why: "readOnly" } : null;
}
