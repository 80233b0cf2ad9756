import { cleanup, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nodeOf, renderPart, scopeOf } from "@/tests/doubles/fleet-fixture";
import { PoolConsistency } from "./consistency";

vi.mock("next/navigation", () => ({
  useSearchParams: () => new URLSearchParams(),
  useRouter: () => ({ push: vi.fn() }),
}));

afterEach(cleanup);

const first = nodeOf("10.0.0.1:11211");
const other = nodeOf("10.0.0.2:11211");

describe("the consistency of a pool", () => {
  it("covers all nodes when they report the same", () => {
    renderPart(<PoolConsistency scope={scopeOf([first, other])} />);
    expect(screen.getByText("All 1.6.18")).toBeTruthy();
    expect(screen.getByText("All 64 MiB")).toBeTruthy();
  });

  it("covers only nodes whose version and limit are known", () => {
    const unknown = { ...other, version: null };
    const silent = { ...other, id: "10.0.0.3:11211", version: null, limitMaxbytes: null };
    renderPart(<PoolConsistency scope={scopeOf([first, unknown, silent])} />);
    expect(screen.getByText("1.6.18 on 1 of 3, rest unknown")).toBeTruthy();
    expect(screen.getByText("64 MiB on 2 of 3, rest unknown")).toBeTruthy();
  });
});
