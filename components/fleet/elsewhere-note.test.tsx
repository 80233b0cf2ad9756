import { cleanup, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import ElsewhereNote from "./elsewhere-note";
import { renderPart } from "./fleet-fixture";

afterEach(cleanup);

describe("the note on nodes of other shards", () => {
  it("counts them, and says where their figures come from", () => {
    renderPart(<ElsewhereNote count={2} nodes={3} />);
    expect(screen.getByText(/^2 of 3 nodes are collected by other Memfleet processes/)).toBeTruthy();
    cleanup();
    renderPart(<ElsewhereNote count={1} nodes={3} />, { locale: "ja" });
    expect(screen.getByText(/^3 台中 1 台は別の Memfleet プロセス/)).toBeTruthy();
  });
});
