import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { attentionEntry, NOW_MS, nodeOf, renderPart, scopeOf } from "@/tests/doubles/fleet-fixture";
import { AttentionList } from "./list";

vi.mock("next/navigation", () => ({
  useSearchParams: () => new URLSearchParams("range=6h"),
  useRouter: () => ({ push: vi.fn() }),
}));

afterEach(cleanup);

const lost = nodeOf("10.0.3.14:11211", { status: "down", statusCode: "connectionRefused" });
const fine = nodeOf("10.0.3.15:11211");
const down = attentionEntry(lost, { sinceMs: NOW_MS - 36 * 60_000, figures: { hitsPerSecond: 12_400 } });

function textOf(node: string): string {
  return screen.getByText(node).closest("li")?.querySelector("p")?.textContent ?? "";
}

describe("the attention list", () => {
  it("shows why a node is not up, since when, and the lost hits", () => {
    renderPart(<AttentionList scope={scopeOf([lost, fine], [down])} />);
    expect(textOf(lost.id)).toBe(
      "Connection refused since 05:58. 1 of 2 nodes in sessions is unavailable. It previously served 12.4\u00a0k hits/s.",
    );
  });

  it("is translated to Japanese", () => {
    renderPart(<AttentionList scope={scopeOf([lost, fine], [down])} />, { locale: "ja" });
    expect(textOf(lost.id)).toBe(
      "05:58 から接続できません (接続拒否)。sessions の 2 台中 1 台が稼働していません。直前まで毎秒 12.4\u00a0k ヒットを処理していました。",
    );
  });

  it("omits unknown values", () => {
    const entry = attentionEntry(lost, { figures: { hitsPerSecond: null } });
    renderPart(<AttentionList scope={scopeOf([lost], [entry])} />);
    expect(textOf(lost.id)).toBe("Connection refused.");
  });

  it("explains a dropped hit ratio with evictions of hot items when their age is known", () => {
    const figures = { before: 0.91, now: 0.684, evictionsPerSecond: 412, ageSeconds: 230 };
    const entry = attentionEntry(fine, {
      kind: "hitRatioFell",
      severity: "warning",
      sinceMs: NOW_MS - 60_000,
      figures,
    });
    renderPart(<AttentionList scope={scopeOf([fine], [entry])} />);
    expect(textOf(fine.id)).toBe(
      "Dropped from 91% to 68% since 06:33. Evicting 412 items/s that were last used 3m 50s ago.",
    );
    cleanup();
    const unknownAge = { ...entry, figures: { ...figures, ageSeconds: null } };
    renderPart(<AttentionList scope={scopeOf([fine], [unknownAge])} />);
    expect(textOf(fine.id)).toBe("Dropped from 91% to 68% since 06:33.");
  });

  it("links to the node and keeps the time range", () => {
    renderPart(<AttentionList scope={scopeOf([lost], [down])} />);
    const link = screen.getByRole("link", { name: `Open ${lost.id}` });
    expect(link.getAttribute("href")).toBe("/nodes/10.0.3.14%3A11211?range=6h");
  });

  it("groups many nodes of a pool in one line that links to them", () => {
    const rack = Array.from({ length: 2_014 }, (_, index) =>
      nodeOf(`10.1.${index >> 8}.${index & 255}:11211`, { status: "down", statusCode: "connectTimeout" }),
    );
    const entries = [...rack.map((node) => attentionEntry(node, {})), down];
    renderPart(<AttentionList scope={scopeOf([...rack, lost, fine], entries)} />);
    expect(screen.getAllByRole("listitem")).toHaveLength(2);
    expect(textOf("2,014 nodes in sessions")).toBe(
      "10.1.0.0:11211: Connect timeout. 2,015 of 2,016 nodes in sessions are unavailable.",
    );
    const link = screen.getByRole("link", { name: "Open 2,014 nodes in sessions" });
    expect(link.getAttribute("href")).toBe("/pools/sessions?status=down&range=6h");
    expect(screen.getByText("2,015")).toBeTruthy();
  });

  it("shows the worst first and the rest on request", () => {
    const nodes = Array.from({ length: 9 }, (_, index) =>
      nodeOf(`10.0.0.${index}:11211`, { pool: `pool-${index % 3}` }),
    );
    const entries = nodes.map((node) =>
      attentionEntry(node, { kind: "evicts", severity: "info", figures: { perSecond: 2 } }),
    );
    renderPart(<AttentionList scope={scopeOf(nodes, entries)} />);
    expect(screen.getAllByRole("listitem")).toHaveLength(6);
    fireEvent.click(screen.getByRole("button", { name: "Show all 9" }));
    expect(screen.getAllByRole("listitem")).toHaveLength(9);
  });

  it("does not show a fleet as healthy before its first response", () => {
    renderPart(<AttentionList scope={scopeOf([nodeOf("a:1", { status: "unknown" })])} />);
    expect(screen.getByText("Waiting")).toBeTruthy();
    expect(screen.queryByText("All clear")).toBeNull();
  });

  it("does not claim that all nodes respond while some are unknown", () => {
    const silent = nodeOf("a:1", { status: "unknown", elsewhere: true });
    renderPart(<AttentionList scope={scopeOf([fine, silent])} />);
    expect(screen.getByText("No rule has fired, but there is no data for 1 node.")).toBeTruthy();
  });
});
