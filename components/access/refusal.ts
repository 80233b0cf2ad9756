/** Whether whoever looks at a page may do something, and why not. Pure: the server decides again. */
import type { Whoami } from "@/lib/model/access.schema";
import { isAtLeastRole, type Role } from "@/lib/model/roles";

export type Refusal =
  | { readonly why: "readOnly" }
  | { readonly why: "role"; readonly role: Role; readonly needed: Role };

/** Null: it is allowed. Seeing needs the role alone; changing is also off in read-only mode. */
export function refusalOf(whoami: Whoami, needed: Role, kind: "see" | "change" = "change"): Refusal | null {
  const { role } = whoami.actor;
  if (!isAtLeastRole(role, needed)) return { why: "role", role, needed };
  return kind === "change" && whoami.readOnly ? { why: "readOnly" } : null;
}
