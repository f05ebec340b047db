export const roles = ["customer", "support", "admin"] as const;
export type Role = (typeof roles)[number];

/** Who does a thing: a signed-in person, or a part of the system (worker, gateway). */
export type Actor =
  { kind: "user"; userId: number; email: string; role: Role } | { kind: "system"; name: string };

export type Viewer = Extract<Actor, { kind: "user" }>;

/** Support and admin: may read everything. */
export function isStaff(viewer: Viewer): boolean {
  return viewer.role === "admin" || viewer.role === "support";
}

/** Admin alone may refund and act for others. */
export function mayMoveMoney(viewer: Viewer): boolean {
  return viewer.role === "admin";
}
