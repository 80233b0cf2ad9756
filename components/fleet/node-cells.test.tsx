import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nextCell } from "./cell-steps";
import { attentionEntry, nodeOf, renderPart, scopeOf } from "./fleet-fixture";
import { NodeCells } from "./node-cells";

const push = vi.fn();
vi.mock("next/navigation", () => ({
  useSearchParams: () => new URLSearchParams(),
  useRouter: () => ({ push }),
}));

afterEach(() => {
  cleanup();
  push.mockClear();
});

const nodes = [
  nodeOf("10.0.0.10:11211"),
  nodeOf("10.0.0.2:11211", { status: "down" }),
  nodeOf("10.0.0.1:11211", { status: "unknown" }),
];

function focused(): string | null {
  return document.activeElement?.getAttribute("aria-label") ?? null;
}

describe("the cells of every node", () => {
  it("stand in the order of pool and number, and say node, pool and state", () => {
    renderPart(<NodeCells scope={scopeOf(nodes)} nodes={nodes} />);
    expect(screen.getAllByRole("link").map((cell) => cell.getAttribute("aria-label"))).toEqual([
      "10.0.0.1:11211, sessions: Not asked yet",
      "10.0.0.2:11211, sessions: Down",
      "10.0.0.10:11211, sessions: Up",
    ]);
  });

  it("name what is odd about a node that is up", () => {
    const entry = attentionEntry(nodes[0] as (typeof nodes)[0], {
      kind: "hitRatioFell",
      severity: "warning",
    });
    renderPart(<NodeCells scope={scopeOf(nodes, [entry])} nodes={nodes} />);
    expect(screen.getByRole("link", { name: "10.0.0.10:11211, sessions: Up, Hit ratio" })).toBeTruthy();
  });

  it("are one stop of the tab key; arrows, Home and End move between them", () => {
    renderPart(<NodeCells scope={scopeOf(nodes)} nodes={nodes} />);
    const cells = screen.getAllByRole("link");
    expect(cells.map((cell) => cell.tabIndex)).toEqual([0, -1, -1]);
    cells[0]?.focus();
    fireEvent.keyDown(document.activeElement as Element, { key: "ArrowRight" });
    expect(focused()).toContain("10.0.0.2:11211");
    expect(cells.map((cell) => cell.tabIndex)).toEqual([-1, 0, -1]);
    fireEvent.keyDown(document.activeElement as Element, { key: "End" });
    expect(focused()).toContain("10.0.0.10:11211");
    fireEvent.keyDown(document.activeElement as Element, { key: "ArrowRight" });
    expect(focused()).toContain("10.0.0.10:11211");
    fireEvent.keyDown(document.activeElement as Element, { key: "Home" });
    expect(focused()).toContain("10.0.0.1:11211");
  });

  it("open the page of a node", () => {
    renderPart(<NodeCells scope={scopeOf(nodes)} nodes={nodes} />);
    fireEvent.click(screen.getAllByRole("link")[1] as Element);
    expect(push).toHaveBeenCalledWith("/nodes/10.0.0.2%3A11211");
  });
});

describe("a step between cells", () => {
  it("goes a row up or down and stops at the ends", () => {
    // Ten cells, four in a row: 0-3, 4-7, 8-9.
    expect(nextCell("ArrowDown", 1, 10, 4)).toBe(5);
    expect(nextCell("ArrowDown", 7, 10, 4)).toBe(9);
    expect(nextCell("ArrowUp", 9, 10, 4)).toBe(5);
    expect(nextCell("ArrowUp", 2, 10, 4)).toBe(0);
    expect(nextCell("ArrowLeft", 0, 10, 4)).toBe(0);
    expect(nextCell("Enter", 0, 10, 4)).toBeNull();
  });
});
