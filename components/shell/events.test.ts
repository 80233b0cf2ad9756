import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startEvents } from "@/lib/client/events/events";
import { fleetQuery } from "@/lib/client/queries/fleet";
import type { Fleet } from "@/lib/model/fleet.schema";
import { fleetOf, NOW_MS, nodeOf } from "@/tests/doubles/fleet-fixture";

/** The streams that were opened, in order. */
class FakeEventSource extends EventTarget {
  static opened: FakeEventSource[] = [];
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  constructor(readonly url: string) {
    super();
    FakeEventSource.opened.push(this);
  }
  close() {
    this.closed = true;
  }
  say(type: string, data: unknown) {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }
}

/** One lock, held until the holder's promise ends, as in the Web Locks API. */
function fakeLocks() {
  let tail = Promise.resolve();
  return {
    request(_name: string, { signal }: { signal: AbortSignal }, hold: () => Promise<void>) {
      const task = tail.then(() => (signal.aborted ? undefined : hold()));
      tail = task.then(() => undefined);
      return task;
    },
  };
}

let hidden = false;
const stops: (() => void)[] = [];
const live = () => FakeEventSource.opened.filter((source) => !source.closed);

function openTab(): QueryClient {
  const client = new QueryClient();
  client.setQueryData(fleetQuery.queryKey, fleetOf([nodeOf("a:1")]));
  stops.push(startEvents(client));
  return client;
}

function setHidden(value: boolean) {
  hidden = value;
  document.dispatchEvent(new Event("visibilitychange"));
}

beforeEach(() => {
  hidden = false;
  FakeEventSource.opened = [];
  vi.stubGlobal("EventSource", FakeEventSource);
  vi.spyOn(document, "hidden", "get").mockImplementation(() => hidden);
  Object.defineProperty(navigator, "locks", { value: fakeLocks(), configurable: true });
});

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  Reflect.deleteProperty(navigator, "locks");
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("the event stream", () => {
  it("is shared by all tabs, and every tab gets its events", async () => {
    const first = openTab();
    const second = openTab();
    await vi.waitFor(() => expect(live()).toHaveLength(1));
    const changed = { ids: ["a:1"], fields: { uptimeSeconds: { values: { all: 7 } } } };
    live()[0]?.say("changes", { atMs: NOW_MS + 1, changed });
    const uptimeIn = (client: QueryClient) =>
      client.getQueryData<Fleet>(fleetQuery.queryKey)?.nodes[0]?.uptimeSeconds;
    expect(uptimeIn(first)).toBe(7);
    await vi.waitFor(() => expect(uptimeIn(second)).toBe(7));
    expect(FakeEventSource.opened).toHaveLength(1);
  });

  it("moves to another tab when the reading tab closes", async () => {
    openTab();
    openTab();
    await vi.waitFor(() => expect(live()).toHaveLength(1));
    stops.shift()?.();
    await vi.waitFor(() => expect(FakeEventSource.opened).toHaveLength(2));
    expect(live()).toHaveLength(1);
  });

  it("is closed while all tabs are hidden, and the fleet is read immediately on return", async () => {
    const client = openTab();
    await vi.waitFor(() => expect(live()).toHaveLength(1));
    setHidden(true);
    expect(live()).toHaveLength(0);
    expect(client.getQueryState(fleetQuery.queryKey)?.isInvalidated).toBe(false);
    setHidden(false);
    expect(client.getQueryState(fleetQuery.queryKey)?.isInvalidated).toBe(true);
    await vi.waitFor(() => expect(live()).toHaveLength(1));
  });

  it("reconnects immediately when the network is back", async () => {
    openTab();
    await vi.waitFor(() => expect(live()).toHaveLength(1));
    live()[0]?.onerror?.();
    expect(live()).toHaveLength(0);
    dispatchEvent(new Event("online"));
    expect(live()).toHaveLength(1);
  });
});
