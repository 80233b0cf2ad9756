import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Node } from "@/lib/model/node/node.schema";
import { nodeOf, renderPart, scopeOf } from "@/tests/doubles/fleet-fixture";
import { TopNodes } from "./top-nodes";

vi.mock("next/navigation", () => ({ useSearchParams: () => new URLSearchParams() }));

/** The nodes of every series request for individual lines. */
const requests: string[][] = [];

beforeEach(() => {
  requests.length = 0;
  vi.stubGlobal("fetch", (path: string) => {
    const nodes = new URL(path, "http://localhost").searchParams.getAll("node");
    if (nodes.length > 0) requests.push(nodes);
    return new Promise(() => undefined);
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const getting = (id: string, getsPerSecond: number | null) => nodeOf(id, { getsPerSecond });

/** The chart, and a button that applies the metrics of the next poll. */
function Polled({ polls }: { readonly polls: readonly (readonly Node[])[] }) {
  const [poll, setPoll] = useState(0);
  return (
    <>
      <button type="button" onClick={() => setPoll(poll + 1)}>
        poll
      </button>
      <TopNodes
        scope={scopeOf(polls[poll] ?? [])}
        scopeKey="the fleet"
        commands={[]}
        metric="gets"
        tools={null}
      />
    </>
  );
}

const poll = () => fireEvent.click(screen.getByRole("button", { name: "poll" }));

describe("the chart of the top nodes", () => {
  it("draws more nodes as soon as more of them have a value, as after a start", async () => {
    const polls = [
      [getting("a:1", 10), getting("b:1", null), getting("c:1", null)],
      [getting("a:1", 10), getting("b:1", 30), getting("c:1", 20)],
    ];
    renderPart(<Polled polls={polls} />);
    expect(screen.getByText("top 1")).toBeTruthy();
    await waitFor(() => expect(requests).toEqual([["a:1"]]));
    poll();
    expect(screen.getByText("top 3")).toBeTruthy();
    await waitFor(() =>
      expect(requests.map((nodes) => nodes.sort())).toEqual([["a:1"], ["a:1", "b:1", "c:1"]]),
    );
  });

  it("keeps its lines while the same nodes only change ranks", async () => {
    const ids = ["a:1", "b:1", "c:1", "d:1", "e:1", "f:1"];
    const polls = [
      ids.map((id, index) => getting(id, 100 - index)),
      ids.map((id, index) => getting(id, 100 + index)),
    ];
    renderPart(<Polled polls={polls} />);
    await waitFor(() => expect(requests).toEqual([ids.slice(0, 5)]));
    poll();
    await new Promise((done) => setTimeout(done, 50));
    expect(requests).toEqual([ids.slice(0, 5)]);
  });
});
