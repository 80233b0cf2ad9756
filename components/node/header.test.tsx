import { cleanup, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nodeOf, renderPart } from "@/tests/doubles/fleet-fixture";
import { NodeHeader } from "./header";

vi.mock("next/navigation", () => ({
  useSearchParams: () => new URLSearchParams(),
  useRouter: () => ({ push: vi.fn() }),
}));

afterEach(cleanup);

const here = nodeOf("10.0.0.1:11211");
const elsewhere = nodeOf("10.0.0.1:11211", { elsewhere: true, version: null });

describe("the header of a node page", () => {
  it("does not mention other processes for a node collected here", () => {
    renderPart(<NodeHeader node={here} version="1.6.18" udpPort={null} />);
    expect(document.body.textContent).not.toMatch(/process|shard/);
  });

  it("explains where the data comes from, what connects directly, and what is not available", () => {
    renderPart(<NodeHeader node={elsewhere} version="1.6.45" udpPort={null} />);
    expect(screen.getByText("other shard").title).toContain("history engine");
    expect(document.body.textContent).toContain("memcached 1.6.45");
    expect(document.body.textContent).toMatch(/values and charts come from the history engine/);
    expect(document.body.textContent).toMatch(/actions, and diagnostics connect directly from here/);
    expect(document.body.textContent).toMatch(/Not available here: the last flush/);
  });

  it("is translated to Japanese", () => {
    renderPart(<NodeHeader node={elsewhere} version={null} udpPort={null} />, { locale: "ja" });
    expect(screen.getByText("別シャード").title).toContain("履歴エンジン");
    expect(document.body.textContent).toMatch(/操作、診断はここから直接接続し/);
  });
});
