import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { renderPart } from "@/tests/doubles/fleet-fixture";
import SharedProcessNote from "./shared-process-note";
import { SharedProcessTag } from "./shared-process-tag";

afterEach(cleanup);

it("says that totals count a shared process once, in both languages", () => {
  renderPart(<SharedProcessNote count={2} />);
  expect(screen.getByText(/^2 nodes share a server process with another node\. Totals/)).toBeTruthy();
  cleanup();
  renderPart(<SharedProcessNote count={2} />, { locale: "ja" });
  expect(screen.getByText(/^2 台のノードが他のノードとサーバープロセスを共有しています。/)).toBeTruthy();
});

it("marks a node with the names of the others", () => {
  renderPart(<SharedProcessTag others={["10.0.0.2:11211", "10.0.0.3:11211"]} />);
  expect(screen.getByText("same process").title).toContain("10.0.0.2:11211, 10.0.0.3:11211");
});
