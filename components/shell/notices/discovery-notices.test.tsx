import { cleanup, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Notice } from "@/lib/model/fleet.schema";
import { fleetOf, NOW_MS, nodeOf, renderPart } from "@/tests/doubles/fleet-fixture";
import { Notices } from "./notices";

vi.mock("next/navigation", () => ({
  useSearchParams: () => new URLSearchParams(),
  useRouter: () => ({ push: vi.fn() }),
}));

afterEach(cleanup);

const failed = (source: string, nodes: number): Notice => ({
  code: "discoveryFailed",
  detail: "answered with status 503",
  sinceMs: NOW_MS - 60_000,
  pool: "sessions",
  source,
  nodes,
});

function show(notices: Notice[], locale: "en" | "ja" = "en") {
  renderPart(<Notices />, { fleet: { ...fleetOf([nodeOf("10.0.0.1:11211")]), notices }, locale });
}

async function lines(): Promise<(string | null)[]> {
  // The code of these notices is loaded on demand.
  const last = await screen.findAllByText((_, element) => element?.tagName === "P", {}, { timeout: 10_000 });
  return last.map((line) => line.textContent.replace(/ \S+ ago$/, ""));
}

describe("discovery notices", () => {
  it("show which source is unavailable, why, and how many nodes remain", async () => {
    show([failed("httpSd http://inventory/memcached", 12)]);
    expect(await lines()).toEqual([
      "Discovery source unavailable.Pool sessions keeps the last known 12 nodes. httpSd http://inventory/memcached: answered with status 503",
    ]);
  });

  it("show that a source never listed nodes, in Japanese too", async () => {
    show([failed("dns cache.example.net A", 0)], "ja");
    expect((await lines())[0]).toContain("プール sessions にこのソースのノードはありません。");
  });

  it("appear with the other notices", async () => {
    show([
      { code: "configurationRejected", detail: "memfleet.yaml:3", sinceMs: NOW_MS },
      {
        code: "discoveryOverlap",
        detail: "10.0.0.1:11211 stays in a, though b lists it too",
        sinceMs: NOW_MS,
      },
    ]);
    await screen.findByText("Nodes discovered for two pools.");
    const notices = await lines();
    expect(notices[0]).toContain("New configuration rejected.");
    expect(notices[1]).toContain("10.0.0.1:11211 stays in a, though b lists it too");
  });

  it("are summarized when there are many", async () => {
    show(["a", "b", "c", "d", "e"].map((name) => failed(`dns ${name} A`, 1)));
    await screen.findByText("2 more discovery notices");
    expect(await lines()).toHaveLength(4);
  });
});
