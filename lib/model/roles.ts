/** Roles, and who may do what others may. */

/** Smallest first: a role may do everything that the ones before it may. */
export const ROLES = ["viewer", "operator", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** Whether `role` is at least `needed`. */
export function isAtLeastRole(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** The largest of some roles; null for none. */
function largestRole(roles: Iterable<Role>): Role | null {
  let largest: Role | null = null;
  for (const role of roles) if (largest === null || isAtLeastRole(role, largest)) largest = role;
  return largest;
}

/** The largest role that any of these groups has; null when none has one. */
export function roleOfGroups(groups: readonly string[], roles: Readonly<Record<string, Role>>): Role | null {
  return largestRole(groups.flatMap((group) => (Object.hasOwn(roles, group) ? (roles[group] ?? []) : [])));
}
