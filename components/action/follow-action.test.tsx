import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useAction } from "@/lib/client/queries/actions";
import type { Action, ActionTarget } from "@/lib/model/actions/action.schema";

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
  send(type: string, data: unknown) {
    act(() => void this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) })));
  }
}

const target = (node: string, state: ActionTarget["state"]): ActionTarget => ({
  node,
  state,
  detail: null,
  dueMs: null,
  sentMs: null,
  before: null,
  after: null,
});
const started: Action = {
  id: "7",
  kind: "flush_all",
  actor: "ops",
  input: {},
  pool: null,
  state: "running",
  detail: null,
  targets: [target("a:1", "pending"), target("b:1", "pending")],
  startedMs: 1,
  endedMs: null,
  watchedUntilMs: null,
};

const fetched = vi.fn(() => Promise.resolve(Response.json(started)));

function follow(action: Action) {
  const client = new QueryClient();
  const wrapper = ({ children }: { readonly children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return renderHook(() => useAction(action.id, action), { wrapper }).result;
}

beforeEach(() => {
  FakeEventSource.opened = [];
  fetched.mockClear();
  vi.stubGlobal("EventSource", FakeEventSource);
  vi.stubGlobal("fetch", fetched);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a running action", () => {
  it("follows its event stream, whose progress carries only the changed targets, until it ends", async () => {
    const result = follow(started);
    const [stream] = FakeEventSource.opened;
    expect(stream?.url).toBe("/api/v1/actions/7/events");
    act(() => stream?.onopen?.());
    stream?.send("action", started);
    stream?.send("progress", { ...started, targets: [target("b:1", "verified")] });
    await waitFor(() =>
      expect(result.current.data?.targets.map(({ state }) => state)).toEqual(["pending", "verified"]),
    );
    stream?.send("progress", { ...started, state: "done", targets: [target("a:1", "verified")] });
    await waitFor(() => expect(result.current.data?.state).toBe("done"));
    expect(result.current.data?.targets.map(({ state }) => state)).toEqual(["verified", "verified"]);
    expect(stream?.closed).toBe(true);
  });

  it("is read every two seconds while its stream is broken", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    follow(started);
    const [stream] = FakeEventSource.opened;
    act(() => stream?.onopen?.());
    await vi.advanceTimersByTimeAsync(10_000);
    expect(fetched).toHaveBeenCalledTimes(1);
    act(() => stream?.onerror?.());
    await vi.advanceTimersByTimeAsync(5_000);
    expect(fetched.mock.calls.length).toBeGreaterThanOrEqual(3);
  });

  it("opens no stream once it has ended", () => {
    follow({ ...started, state: "done" });
    expect(FakeEventSource.opened).toEqual([]);
  });
});
