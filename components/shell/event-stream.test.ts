/** The page's event stream behind a front that drops it in silence, after a sleep, and requests that nobody answers. */
import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, getJson, sendJson, streamLines } from "@/lib/client/api";
import { streamState } from "@/lib/client/events/connection-state";
import { startEvents } from "@/lib/client/events/events";
import { fleetQuery } from "@/lib/client/queries/fleet";

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
  alive() {
    this.dispatchEvent(new MessageEvent("alive", { data: "{}" }));
  }
}

const newest = () => FakeEventSource.opened.at(-1) as FakeEventSource;

beforeEach(() => {
  vi.useFakeTimers();
  FakeEventSource.opened = [];
  vi.stubGlobal("EventSource", FakeEventSource);
  vi.stubGlobal("BroadcastChannel", undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the event stream", () => {
  let refreshed: number;
  let stop: () => void;
  beforeEach(() => {
    const client = new QueryClient();
    refreshed = 0;
    vi.spyOn(client, "invalidateQueries").mockImplementation(async (filters) => {
      if (filters?.queryKey === fleetQuery.queryKey) refreshed++;
    });
    stop = startEvents(client);
    newest().onopen?.();
  });
  afterEach(() => stop());

  it("is opened again within 20 s when it falls silent without closing, and the fleet is read again", () => {
    vi.advanceTimersByTime(19_000);
    expect(FakeEventSource.opened).toHaveLength(1);
    vi.advanceTimersByTime(2_000);
    expect(FakeEventSource.opened).toHaveLength(2);
    expect(FakeEventSource.opened[0]?.closed).toBe(true);
    expect(streamState()).toBe("lost");
    newest().onopen?.();
    expect(streamState()).toBe("open");
    expect(refreshed).toBe(1);
  });

  it("is opened again also when its new connection stays silent from the beginning", () => {
    vi.advanceTimersByTime(65_000);
    expect(FakeEventSource.opened.length).toBeGreaterThanOrEqual(4);
    expect(FakeEventSource.opened.slice(0, -1).every(({ closed }) => closed)).toBe(true);
  });

  it("stays open while the server says that it is alive, however quiet the fleet is", () => {
    for (let n = 0; n < 60; n++) {
      vi.advanceTimersByTime(5_000);
      newest().alive();
    }
    expect(FakeEventSource.opened).toHaveLength(1);
    expect(streamState()).toBe("open");
  });

  it("is opened again within a second of waking, and the fleet is read at once", () => {
    vi.advanceTimersByTime(3_000);
    // The machine sleeps: time passes, timers do not run.
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(1_000);
    expect(FakeEventSource.opened).toHaveLength(2);
    expect(refreshed).toBe(1);
  });

  it("is not opened again after it was stopped", () => {
    stop();
    vi.advanceTimersByTime(120_000);
    expect(FakeEventSource.opened).toHaveLength(1);
  });
});

describe("a request that a front drops in silence", () => {
  /** Answers nothing until it is aborted. */
  const silent = (_: string, { signal }: RequestInit) =>
    new Promise<Response>((_, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason));
    });
  /** The head of a reply, and then nothing. */
  const halfway = async (_: string, { signal }: RequestInit) =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"a":'));
          signal?.addEventListener("abort", () => controller.error(signal.reason));
        },
      }),
    );

  it.each([
    ["a read", silent, () => getJson("/fleet")],
    ["a read that stops halfway", halfway, () => getJson("/fleet")],
    ["a write", silent, () => sendJson("POST", "/actions", {})],
    ["a list", silent, () => streamLines("/nodes/a/keys", new AbortController().signal).next()],
  ])("ends as unreachable after a deadline: %s", async (_, fetch, send) => {
    vi.stubGlobal("fetch", fetch);
    const outcome = send().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(300_000);
    expect(await outcome).toMatchObject(new ApiError(0, "unreachable", ""));
  });

  it("that the page itself gave up is no error of the connection", async () => {
    vi.stubGlobal("fetch", silent);
    const abort = new AbortController();
    const outcome = getJson("/fleet", abort.signal).catch((error: unknown) => error);
    abort.abort();
    expect(await outcome).not.toBeInstanceOf(ApiError);
  });
});
