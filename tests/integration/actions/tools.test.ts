/** Tuning, load test and checks through the action service: permissions, refusals and stored results. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ActionRequest } from "@/lib/actions/service";
import type { ActionKind } from "@/lib/model/actions/action";
import { CapabilityError, ConflictError, ForbiddenError, InputError } from "@/lib/model/errors";
import { independentStats } from "../../servers/independent-stats";
import { ActionHarness, actor } from "./action-harness";

let harness: ActionHarness;

beforeAll(async () => {
  harness = await ActionHarness.open();
});
afterAll(() => harness?.close());

const requestOf = (kind: ActionKind, node: string, input: Record<string, unknown> = {}): ActionRequest => ({
  kind,
  nodes: [node],
  input,
  confirm: node,
});

describe("tuning a node", () => {
  it("requires an admin, and the node's id for a dangerous change", async () => {
    const { id } = await harness.start("plain");
    await expect(harness.actions.begin(actor("operator"), requestOf("reset_stats", id))).rejects.toThrow(
      ForbiddenError,
    );
    const { confirm: _, ...unconfirmed } = requestOf("cache_memlimit", id, { megabytes: 32 });
    await expect(harness.actions.begin(actor("admin"), unconfirmed)).rejects.toThrow(ConflictError);
    const begun = await harness.actions.begin(
      actor("admin"),
      requestOf("cache_memlimit", id, { megabytes: 32 }),
    );
    const ended = await harness.ended(begun.id);
    expect(ended).toMatchObject({
      state: "done",
      targets: [{ state: "verified", after: { limitMaxbytes: 33_554_432 } }],
    });
    const { entries } = await harness.audit.find({ limit: 10 });
    expect(entries[0]).toMatchObject({
      kind: "cache_memlimit",
      target: id,
      outcome: "done",
      input: { megabytes: 32 },
    });
  });

  it("is refused with the reason where the node does not support it, and values out of bounds are input errors", async () => {
    const { id } = await harness.start("sasl");
    const begin = (kind: ActionKind, input: Record<string, unknown>) =>
      harness.actions.begin(actor("admin"), requestOf(kind, id, input));
    await expect(begin("set_verbosity", { level: 1 })).rejects.toThrow(CapabilityError);
    await expect(begin("slabs_automove", { mode: 1 })).rejects.toThrow(
      /the binary protocol does not have it/,
    );
    await expect(begin("set_verbosity", { level: 4 })).rejects.toThrow(InputError);
    await expect(begin("cache_memlimit", { megabytes: 7.5 })).rejects.toThrow(InputError);
    await expect(begin("slabs_reassign", { from: -2, to: 1 })).rejects.toThrow(InputError);
  });

  it("a page that cannot move is a failed action with a message", async () => {
    const { id } = await harness.start("plain");
    const { id: action } = await harness.actions.begin(
      actor("admin"),
      requestOf("slabs_reassign", id, { from: 1, to: 2 }),
    );
    expect(await harness.ended(action)).toMatchObject({
      state: "failed",
      targets: [{ state: "failed", detail: expect.stringMatching(/^NOSPARE: .* nothing was moved$/) }],
    });
  });
});

describe("a load test", () => {
  it("that would evict is refused with 422 and leaves no trace on the node", async () => {
    const endpoint = await harness.start("plain", ["-m", "8"]);
    const input = { keys: 100_000, valueBytes: 10_000, seconds: 60, setShare: 1 };
    const refused = harness.actions.begin(actor("operator"), requestOf("load_test", endpoint.id, input));
    await expect(refused).rejects.toThrow(CapabilityError);
    expect((await independentStats(endpoint, "text")).get("cmd_set")).toBe("0");
  });

  it("reports its progress, and when cancelled it ends and leaves no key", async () => {
    const endpoint = await harness.start("plain");
    const input = { seconds: 300, operationsPerSecond: 500, setShare: 0.5, keys: 100 };
    const { id } = await harness.actions.begin(actor("operator"), requestOf("load_test", endpoint.id, input));
    const running = await harness.until(id, ({ targets: [target] }) => (target?.after?.operations ?? 0) > 0);
    expect(running.state).toBe("running");
    expect(running.targets[0]?.after).toHaveProperty("p95Ms");
    await harness.actions.cancel(actor("operator"), id);
    const ended = await harness.ended(id);
    expect(ended.state).toBe("cancelled");
    await harness.until(id, ({ targets: [target] }) => target?.detail?.startsWith("stopped after") === true);
    expect((await independentStats(endpoint, "text")).get("curr_items")).toBe("0");
  });
});

it("a capability check stores a row for every command", async () => {
  const { id } = await harness.start("plain");
  const begun = await harness.actions.begin(actor("operator"), requestOf("capability_check", id));
  const { state, targets } = await harness.ended(begun.id);
  expect(state).toBe("done");
  expect(targets[0]?.rows?.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["set", "cas", "mg", "touch"]),
  );
});
