import { cleanup, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { renderPart } from "@/tests/doubles/fleet-fixture";
import PeerShardNote from "./peer-shard-note";

afterEach(cleanup);

describe("the note about nodes of other shards", () => {
  it("shows their count, and where their data comes from", () => {
    renderPart(<PeerShardNote count={2} nodes={3} />);
    expect(screen.getByText(/^2 of 3 nodes are collected by other Memfleet processes/)).toBeTruthy();
    cleanup();
    renderPart(<PeerShardNote count={1} nodes={3} />, { locale: "ja" });
    expect(screen.getByText(/^3 台中 1 台は別の Memfleet プロセス/)).toBeTruthy();
  });
});
