import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { NodeFilters } from "@/components/fleet/node-list/filters";
import { NodeFacts } from "@/components/node/overview/facts";
import { HIDDEN } from "@/lib/model/hidden-characters";
import { fleetOf, nodeOf, renderPart, scopeOf } from "@/tests/doubles/fleet-fixture";
import { Notices } from "./notices";

vi.mock("next/navigation", () => ({
  useSearchParams: () => new URLSearchParams(),
  usePathname: () => "/",
  useRouter: () => ({}),
}));
afterEach(cleanup);

const HOSTILE = "prod\u202e\u0007\u200bgnp";
const SHOWN = "prod\\u{202e}\\u{7}\\u{200b}gnp";

it("bidi and control characters of discovered labels are escaped in a node's facts and in the filters", () => {
  const nodes = [nodeOf("a:1", { labels: { dc: HOSTILE } }), nodeOf("b:1", { labels: { dc: "tyo1" } })];
  const { container } = renderPart(
    <>
      <NodeFacts node={nodes[0] as (typeof nodes)[0]} meanings={{}} />
      <NodeFilters scope={scopeOf(nodes)} matched={2} />
    </>,
    { fleet: fleetOf(nodes) },
  );
  expect(container.textContent).not.toMatch(HIDDEN);
  expect(container.textContent).toContain(`dc=${SHOWN}`);
  expect(screen.getByRole("option", { name: `dc=${SHOWN} (1)` })).toBeDefined();
});

it("bidi and control characters in a notice are escaped", () => {
  const notices = [
    { code: "configurationRejected" as const, detail: `found ${HOSTILE}`, sinceMs: 0 },
    { code: "discoveryFailed" as const, detail: HOSTILE, source: `dns ${HOSTILE}`, pool: "a", sinceMs: 0 },
  ];
  const { container } = renderPart(<Notices />, { fleet: { ...fleetOf([nodeOf("a:1")]), notices } });
  expect(container.textContent).not.toMatch(HIDDEN);
  expect(container.textContent).toContain(`found ${SHOWN}`);
});
