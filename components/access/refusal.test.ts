import { describe, expect, it } from "vitest";
import { ApiError } from "@/lib/client/api";
import type { Whoami } from "@/lib/model/access.schema";
import type { Role } from "@/lib/model/roles";
import { refusalOf } from "./refusal";
import { refusedFor } from "./sign-in-form";

const as = (role: Role, readOnly = false): Whoami => ({
  actor: { name: "a", role, via: "password" },
  openAccess: false,
  readOnly,
  sessionEndsMs: null,
});

describe("available actions", () => {
  it("depend on the role", () => {
    expect(refusalOf(as("viewer"), "operator")).toEqual({ why: "role", role: "viewer", needed: "operator" });
    expect(refusalOf(as("operator"), "operator")).toBeNull();
    expect(refusalOf(as("admin"), "operator")).toBeNull();
  });

  it("are limited to reading in read-only mode", () => {
    expect(refusalOf(as("admin", true), "operator")).toEqual({ why: "readOnly" });
    expect(refusalOf(as("admin", true), "operator", "see")).toBeNull();
  });
});

describe("a sign-in that failed", () => {
  it("does not reveal which part was wrong", () => {
    const at = (status: number) => refusedFor(new ApiError(status, "", ""));
    expect([at(401), at(400)]).toEqual(["wrong", "wrong"]);
    expect([at(429), at(403), at(421), at(0), at(500)]).toEqual([
      ...["tooMany", "refused", "refused", "unreachable", "failed"],
    ]);
    expect(refusedFor(new Error("x"))).toBe("failed");
  });
});
