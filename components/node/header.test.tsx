import { cleanup, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nodeOf, renderPart } from "@/tests/doubles/fleet-fixture";
import { plainNode } from "@/tests/doubles/plain-node";
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

  it("names the address of a host name, and the others that are not used", () => {
    const named = nodeOf("cache.example:11211", {
      addressInUse: { ip: "10.0.0.1", others: ["10.0.0.2", "10.0.0.3"] },
    });
    renderPart(<NodeHeader node={named} version="1.6.18" udpPort={null} />);
    expect(screen.getByText("10.0.0.1").title).toContain("all connections of Memfleet lead to it");
    expect(document.body.textContent).toContain(
      "cache.example:11211 has 2 other addresses: 10.0.0.2, 10.0.0.3. Memfleet uses only 10.0.0.1 until it fails.",
    );
    cleanup();
    renderPart(<NodeHeader node={named} version="1.6.18" udpPort={null} />, { locale: "ja" });
    expect(document.body.textContent).toContain("Memfleet は 10.0.0.1 だけを使用します");
  });

  it("says which nodes are the same server process, with links to them", () => {
    const shared = nodeOf("10.0.0.1:11211", { sameProcessAs: ["10.0.0.2:11211"] });
    renderPart(<NodeHeader node={shared} version="1.6.18" udpPort={null} />);
    expect(document.body.textContent).toContain("Same server process as 10.0.0.2:11211. Totals");
    expect(screen.getByRole("link", { name: "10.0.0.2:11211" })).toBeTruthy();
    cleanup();
    renderPart(<NodeHeader node={shared} version="1.6.18" udpPort={null} />, { locale: "ja" });
    expect(document.body.textContent).toContain("10.0.0.2:11211 と同じサーバープロセスです。");
  });

  it("is translated to Japanese", () => {
    renderPart(<NodeHeader node={elsewhere} version={null} udpPort={null} />, { locale: "ja" });
    expect(screen.getByText("別シャード").title).toContain("履歴エンジン");
    expect(document.body.textContent).toMatch(/操作、診断はここから直接接続し/);
  });
});

const show = (node: Parameters<typeof plainNode>[0]) => {
  const shown = plainNode(node);
  renderPart(<NodeHeader node={shown} version={shown.version} udpPort={null} />);
};

describe("what a server is, in the header", () => {
  it.each(["37.0.0 mcrouter", "UNKNOWN", "df-v1.14.0"])("calls %s a version unknown", (version) => {
    show({ version });
    expect(document.body.textContent).toContain(`version unknown: ${version}`);
  });

  it("calls a version of memcached by its number", () => {
    show({ version: "1.6.18-debian12u1" });
    expect(document.body.textContent).toContain("memcached 1.6.18-debian12u1");
  });

  it("names a proxy, and that it has no stats", () => {
    show({ version: "0.5.0", proxy: "twemproxy", lacking: { stats: "noStats" } });
    expect(screen.getByText("twemproxy")).toBeTruthy();
    expect(screen.getByText("no stats")).toBeTruthy();
    expect(screen.getByText("Up")).toBeTruthy();
  });
});
