import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Runtime } from "@/lib/server/runtime";
import { sseResponse } from "./sse";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("an event stream says that it is alive every 5 s, by an event that pages can see", async () => {
  const runtime = {
    access: {
      authenticate: async () => ({ actor: { name: "a", role: "viewer", via: "open" }, session: null }),
    },
    onStop: () => () => {},
  } as unknown as Runtime;
  const abort = new AbortController();
  const request = new Request("http://a/", { signal: abort.signal });
  const reader = sseResponse(runtime, request, "viewer", () => () => {}).body?.getReader();
  const decoder = new TextDecoder();
  for (let n = 0; n < 3; n++) {
    const part = reader?.read();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(decoder.decode((await part)?.value)).toBe("event: alive\ndata: {}\n\n");
  }
  abort.abort();
  expect((await reader?.read())?.done).toBe(true);
});
