import { cleanup, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { renderPart } from "@/tests/doubles/fleet-fixture";
import { plainNode } from "@/tests/doubles/plain-node";
import { NodeHeader } from "./header";

vi.mock("next/navigation", () => ({
  useSearchParams: () => new URLSearchParams(),
  usePathname: () => "/nodes/x",
  useRouter: () => ({ push: vi.fn() }),
}));

afterEach(cleanup);

const show = (node: Parameters<typeof plainNode>[0]) => {
  const shown = plainNode(node);
  renderPart(<NodeHeader node={shown} version={shown.version} udpPort={null} />);
};

describe("the head of a node's page", () => {
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
