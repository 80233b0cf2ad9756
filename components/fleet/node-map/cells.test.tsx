import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { attentionEntry, nodeOf, renderPart, scopeOf } from "@/tests/doubles/fleet-fixture";
import { healthOf } from "../node-health";
import { nodeOrder } from "../node-list/node-order";
import NodeMap from "./cells";
import { nextCell } from "./keyboard";
import { cellAt, cellLayout, cellsOf } from "./layout";

const push = vi.fn();
vi.mock("next/navigation", () => ({
  useSearchParams: () => new URLSearchParams(),
  useRouter: () => ({ push }),
}));

// jsdom has no canvas.
beforeEach(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
});
afterEach(() => {
  cleanup();
  push.mockClear();
  vi.restoreAllMocks();
});

const up = nodeOf("10.0.0.10:11211");
const nodes = [
  up,
  nodeOf("10.0.0.2:11211", { status: "down" }),
  nodeOf("10.0.0.1:11211", { status: "unknown" }),
  nodeOf("10.0.0.3:11211"),
];

const cell = () => screen.getByRole("link");

describe("the cells of the node map", () => {
  it("are one link, initially on the worst node, labelled with node, pool and state", () => {
    renderPart(<NodeMap scope={scopeOf(nodes)} nodes={nodes} />);
    expect(cell().textContent).toBe("10.0.0.2:11211, sessions: Down");
    expect(cell().getAttribute("href")).toBe("/nodes/10.0.0.2%3A11211");
  });

  it("show that another process collects a node, and when it has no recent data", () => {
    const [heard, silent] = [
      nodeOf("10.0.0.1:11211", { elsewhere: true }),
      nodeOf("10.0.0.1:11211", { elsewhere: true, status: "unknown" }),
    ];
    renderPart(<NodeMap scope={scopeOf([heard])} nodes={[heard]} />);
    expect(cell().title).toBe("10.0.0.1:11211, sessions: Up, collected by another process");
    cleanup();
    renderPart(<NodeMap scope={scopeOf([silent])} nodes={[silent]} />);
    expect(cell().title).toBe("10.0.0.1:11211, sessions: No recent data, collected by another process");
  });

  it("have a text summary of nodes by state", () => {
    renderPart(<NodeMap scope={scopeOf(nodes)} nodes={nodes} />);
    expect(document.body.textContent).toContain(
      "4 nodes, worst first: 1 critical, 0 warning, 1 pending, 2 up.",
    );
  });

  it("are navigated with arrows, Home and End, and announce the current node", () => {
    renderPart(<NodeMap scope={scopeOf(nodes)} nodes={nodes} />);
    const labels = ["ArrowRight", "ArrowRight", "End", "ArrowRight", "Home"].map((key) => {
      fireEvent.keyDown(cell(), { key });
      expect(document.querySelector("[aria-live]")?.textContent).toBe(cell().textContent);
      return cell().textContent?.split(",")[0];
    });
    expect(labels).toEqual([
      "10.0.0.1:11211",
      "10.0.0.3:11211",
      "10.0.0.10:11211",
      "10.0.0.10:11211",
      "10.0.0.2:11211",
    ]);
  });

  it("name the warning of a node that is up", () => {
    const entry = attentionEntry(up, { kind: "hitRatioFell", severity: "warning" });
    renderPart(<NodeMap scope={scopeOf([up], [entry])} nodes={[up]} />);
    expect(cell().textContent).toBe("10.0.0.10:11211, sessions: Up, Hit ratio");
  });

  it("follow the pointer, and open the page of the node under it", () => {
    renderPart(<NodeMap scope={scopeOf(nodes)} nodes={nodes} />);
    // The third cell: two steps of 16 pixels to the right.
    fireEvent.pointerMove(cell(), { clientX: 38, clientY: 5 });
    expect(cell().textContent).toBe("10.0.0.3:11211, sessions: Up");
    fireEvent.click(cell());
    expect(push).toHaveBeenCalledWith("/nodes/10.0.0.3%3A11211");
  });
});

describe("the order of the cells", () => {
  it("is worst first, then by pool and number", () => {
    const warned = nodeOf("10.0.0.4:11211", {
      pool: "a",
      health: { state: "warning", cause: "evictsYoung" },
    });
    const all = [...nodes, warned];
    const health = healthOf(all, [attentionEntry(warned, { kind: "evictsYoung", severity: "warning" })]);
    expect(cellsOf(all, health, nodeOrder(all)).map(({ node }) => node.id)).toEqual([
      "10.0.0.2:11211",
      "10.0.0.4:11211",
      "10.0.0.1:11211",
      "10.0.0.3:11211",
      "10.0.0.10:11211",
    ]);
  });
});

describe("the layout of the cells", () => {
  it("gives 5,000 nodes small cells that fit a screen", () => {
    // 1,100 pixels hold 137 cells of 6 with gaps of 2; 5,000 cells are 37 rows of 8 less the last gap.
    expect(cellLayout(5_000, 1_100)).toEqual({ size: 6, pitch: 8, columns: 137, rows: 37, height: 294 });
  });

  it("finds the cell at a point, and none between the cells or beyond the last", () => {
    const layout = cellLayout(10, 61);
    expect(layout).toMatchObject({ size: 13, pitch: 16, columns: 4 });
    expect(cellAt(layout, 10, 0, 0)).toBe(0);
    expect(cellAt(layout, 10, 17, 17)).toBe(5);
    expect(cellAt(layout, 10, 14.5, 0)).toBeNull();
    expect(cellAt(layout, 10, 40, 40)).toBeNull();
  });
});

describe("a step between cells", () => {
  it("moves a row up or down and stops at the ends", () => {
    // Ten cells, four in a row: 0-3, 4-7, 8-9.
    expect(nextCell("ArrowDown", 1, 10, 4)).toBe(5);
    expect(nextCell("ArrowDown", 7, 10, 4)).toBe(9);
    expect(nextCell("ArrowUp", 9, 10, 4)).toBe(5);
    expect(nextCell("ArrowUp", 2, 10, 4)).toBe(0);
    expect(nextCell("ArrowLeft", 0, 10, 4)).toBe(0);
    expect(nextCell("Enter", 0, 10, 4)).toBeNull();
  });
});
