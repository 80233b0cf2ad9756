import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { StrictMode, useSyncExternalStore } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useListState, useTab, useWindow } from "@/lib/client/view-state";

/** The router's view of the URL, which may lag like the real one. */
const router = vi.hoisted(() => ({ search: "", listeners: new Set<() => void>() }));

vi.mock("next/navigation", () => ({
  useSearchParams: () =>
    new URLSearchParams(
      useSyncExternalStore(
        (listener) => {
          router.listeners.add(listener);
          return () => router.listeners.delete(listener);
        },
        () => router.search,
      ),
    ),
}));

function catchUp(): void {
  act(() => {
    router.search = location.search;
    for (const listener of router.listeners) listener();
  });
}

function open(address: string): void {
  history.replaceState(null, "", address);
  router.search = location.search;
}

const TABS = ["overview", "slabs"] as const;

function Page() {
  const [list, setList] = useListState();
  const [tab, setTab] = useTab(TABS, "overview");
  const { window, setAbsolute } = useWindow();
  return (
    <>
      <input
        aria-label="search"
        value={list.q}
        onChange={(event) => setList({ q: event.target.value || null })}
      />
      <output>{[list.sort, list.status, tab, window.durationMs].join(" ")}</output>
      <button type="button" onClick={() => setTab("slabs")}>
        slabs
      </button>
      <button type="button" onClick={() => setTab("overview")}>
        overview
      </button>
      <button type="button" onClick={() => setList({ status: "down" })}>
        down
      </button>
      <button type="button" onClick={() => setAbsolute(Date.UTC(2026, 10, 22, 7), Date.UTC(2026, 10, 22, 6))}>
        hour
      </button>
    </>
  );
}

const shown = () => document.querySelector("output")?.textContent;
const field = () => screen.getByRole<HTMLInputElement>("textbox");
const type = (value: string) => fireEvent.change(field(), { target: { value } });
const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));
const written = () => act(() => vi.advanceTimersByTimeAsync(1_000));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("view state in the URL", () => {
  it("is read from the URL, without invalid values", () => {
    open("/?q=web&sort=gets&status=purple&tab=slabs&range=6h");
    render(<Page />);
    expect(field().value).toBe("web");
    expect(shown()).toBe(`gets  slabs ${6 * 3_600_000}`);
  });

  it("updates while typing and is written to the URL shortly after, few times", async () => {
    open("/?utc=true#here");
    const replace = vi.spyOn(history, "replaceState");
    render(<Page />);
    for (const value of ["s", "se", "ses", "sess"]) {
      type(value);
      expect(field().value).toBe(value);
    }
    await written();
    expect(`${location.search}${location.hash}`).toBe("?utc=true&q=sess#here");
    expect(replace).toHaveBeenCalledTimes(1);
    expect(field().value).toBe("sess");
  });

  it("keeps typed text when the router lags", async () => {
    open("/");
    render(
      <StrictMode>
        <Page />
      </StrictMode>,
    );
    type("a");
    await written();
    type("ab");
    catchUp();
    expect(field().value).toBe("ab");
    await written();
    catchUp();
    expect(field().value).toBe("ab");
    expect(location.search).toBe("?q=ab");
  });

  it("removes default values from the URL", async () => {
    open("/?tab=slabs&q=a");
    render(<Page />);
    press("overview");
    type("");
    await written();
    expect(location.search).toBe("");
    expect(shown()).toBe(`worst  overview ${3_600_000}`);
  });

  it("adds a history entry for a tab, a time range or a filter, and none for typing", async () => {
    open("/");
    const before = history.length;
    render(<Page />);
    type("a");
    await written();
    expect(history.length).toBe(before);
    press("slabs");
    await written();
    press("hour");
    await written();
    press("down");
    await written();
    expect(history.length).toBe(before + 3);
    expect(new URLSearchParams(location.search).get("from")).toBe("2026-11-22T06:00:00.000Z");
    expect(new URLSearchParams(location.search).get("to")).toBe("2026-11-22T07:00:00.000Z");
  });

  it("follows Back, and discards pending changes", async () => {
    open("/?range=6h");
    render(<Page />);
    type("abc");
    act(() => {
      history.replaceState(null, "", "/?q=before");
      dispatchEvent(new PopStateEvent("popstate"));
    });
    catchUp();
    await written();
    expect(field().value).toBe("before");
    expect(location.search).toBe("?q=before");
  });

  it("does not carry over to another page", async () => {
    open("/");
    render(<Page />);
    type("abc");
    history.pushState(null, "", "/pools/sessions");
    catchUp();
    await written();
    expect(location.href).toMatch(/\/pools\/sessions$/);
    expect(field().value).toBe("");
  });
});
