import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { attentionEntry, nodeOf, renderPart, scopeOf } from "@/tests/doubles/fleet-fixture";
import { NodeTable } from "./table";

vi.mock("next/navigation", () => ({
  useSearchParams: () => new URLSearchParams(),
  useRouter: () => ({ push: vi.fn() }),
}));

afterEach(cleanup);

const down = nodeOf("10.0.0.9:11211", {
  status: "down",
  statusCode: "connectionRefused",
  bytes: null,
  hitRatio: null,
  getsPerSecond: null,
});
const warned = nodeOf("10.0.0.5:11211", {
  hitRatio: 0.6842,
  pool: "catalog",
  health: { state: "warning", cause: "hitRatioFell" },
});
const good = nodeOf("10.0.0.1:11211", { hitRatio: 0.961 });
const nodes = [good, warned, down];
const attention = [
  attentionEntry(down, {}),
  attentionEntry(warned, { kind: "hitRatioFell", severity: "warning" }),
];

const nothing = () => undefined;

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("tr[data-row]")];
}
function order(): (string | undefined)[] {
  return rows().map((row) => row.dataset.row);
}

describe("the list of nodes", () => {
  it("starts with the worst", () => {
    renderPart(<NodeTable scope={scopeOf(nodes, attention)} nodes={nodes} onClearFilters={nothing} />);
    expect(order()).toEqual([down.id, warned.id, good.id]);
  });

  it("shows a node without stats as up, with the reason for its dashes", () => {
    const proxy = nodeOf("10.0.0.7:22121", {
      lacking: { stats: "noStats" },
      proxy: "twemproxy",
      bytes: null,
      currItems: null,
      hitRatio: null,
      getsPerSecond: null,
    });
    renderPart(<NodeTable scope={scopeOf([proxy], [])} nodes={[proxy]} onClearFilters={nothing} />);
    const [row] = rows();
    expect(within(row as HTMLElement).getByText("sessions · no stats")).toBeTruthy();
    expect(within(row as HTMLElement).getByText("Up")).toBeTruthy();
  });

  it("shows metrics with their limits, and dashes for unreported values", () => {
    renderPart(<NodeTable scope={scopeOf(nodes, attention)} nodes={nodes} onClearFilters={nothing} />);
    const [first, second] = rows();
    const cells = within(second as HTMLElement)
      .getAllByRole("cell")
      .map((cell) => cell.textContent);
    expect(cells).toEqual([
      "Up",
      "10.0.0.5:11211 catalog · hit ratio fell",
      "1.6.18",
      "68.4%",
      "50%",
      "10%",
      "100",
      "1d",
      "0",
    ]);
    expect(within(first as HTMLElement).getByText("sessions · connection refused")).toBeTruthy();
    expect(within(first as HTMLElement).getAllByText("–")).toHaveLength(3);
  });

  it("marks a node that another process collects, with the source of its data as the title", () => {
    const shared = nodeOf("10.0.0.7:11211", { elsewhere: true, version: null });
    renderPart(<NodeTable scope={scopeOf([good, shared])} nodes={[good, shared]} onClearFilters={nothing} />);
    const [mine, others] = rows();
    expect(within(mine as HTMLElement).queryByText("other shard")).toBeNull();
    const tag = within(others as HTMLElement).getByText("other shard");
    expect(tag.closest("td")?.title).toMatch(/^10\.0\.0\.7:11211\n.*data comes from the history engine/);
  });

  it("does not show a node as pending when its collecting process is silent", () => {
    const silent = nodeOf("10.0.0.7:11211", { elsewhere: true, status: "unknown", bytes: null });
    renderPart(<NodeTable scope={scopeOf([silent])} nodes={[silent]} onClearFilters={nothing} />, {
      locale: "ja",
    });
    const [row] = rows();
    expect(within(row as HTMLElement).getByText("最近のデータなし").title).toContain(
      "最近書き込まれていません",
    );
    expect(within(row as HTMLElement).queryByText("未取得")).toBeNull();
    expect(within(row as HTMLElement).getByText("別シャード")).toBeTruthy();
  });

  it("sorts by a column, reverses on the second click, and stores the order in the URL", async () => {
    renderPart(<NodeTable scope={scopeOf(nodes, attention)} nodes={nodes} onClearFilters={nothing} />);
    fireEvent.click(screen.getByRole("button", { name: "Hit ratio" }));
    await waitFor(() => expect(order()).toEqual([warned.id, good.id, down.id]));
    expect(screen.getByRole("columnheader", { name: "Hit ratio" }).getAttribute("aria-sort")).toBe(
      "ascending",
    );
    fireEvent.click(screen.getByRole("button", { name: "Hit ratio" }));
    // Unreported values stay last.
    await waitFor(() => expect(order()).toEqual([good.id, warned.id, down.id]));
    await waitFor(() => expect(location.search).toBe("?sort=hitRatio&dir=desc"));
  });

  it("renders only the visible rows of a thousand, and reports the total", () => {
    const many = Array.from({ length: 1_000 }, (_, index) => nodeOf(`10.0.${index}.1:11211`));
    renderPart(<NodeTable scope={scopeOf(many)} nodes={many} onClearFilters={nothing} />);
    expect(rows().length).toBeLessThan(100);
    expect(document.querySelector("table")?.getAttribute("aria-rowcount")).toBe("1001");
  });

  it("offers to clear the filters when none matches", () => {
    const clear = vi.fn();
    renderPart(<NodeTable scope={scopeOf(nodes)} nodes={[]} onClearFilters={clear} />);
    fireEvent.click(screen.getByRole("button", { name: "Clear filters" }));
    expect(clear).toHaveBeenCalledOnce();
  });
});
