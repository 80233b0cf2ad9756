import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { PageLink, ViewLink } from "./view-link";

const push = vi.fn();
vi.mock("next/navigation", () => ({
  useSearchParams: () => new URLSearchParams("range=6h&q=down"),
  useRouter: () => ({ push }),
}));

afterEach(() => {
  cleanup();
  push.mockClear();
});

/** Clicks, and returns whether the browser would follow the link, which jsdom cannot. */
function click(init: MouseEventInit = {}): boolean {
  let left = false;
  const last = (event: Event) => {
    left = !event.defaultPrevented;
    event.preventDefault();
  };
  addEventListener("click", last, { once: true });
  fireEvent.click(screen.getByRole("link"), { button: 0, ...init });
  return left;
}

describe("a link to another page", () => {
  it("keeps the time range and navigates without a page load", () => {
    render(<ViewLink href="/pools/sessions">sessions</ViewLink>);
    expect(screen.getByRole("link").getAttribute("href")).toBe("/pools/sessions?range=6h");
    expect(click()).toBe(false);
    expect(push).toHaveBeenCalledExactlyOnceWith("/pools/sessions?range=6h");
  });

  it("uses a complete URL unchanged", () => {
    render(<PageLink href="?tab=slabs&class=3">class 3</PageLink>);
    click();
    expect(push).toHaveBeenCalledExactlyOnceWith("?tab=slabs&class=3");
  });

  it.each([
    ["Ctrl", { ctrlKey: true }],
    ["Cmd", { metaKey: true }],
    ["Shift", { shiftKey: true }],
    ["Alt", { altKey: true }],
    ["the middle button", { button: 1 }],
  ])("leaves a click with %s to the browser", (_, init) => {
    render(<ViewLink href="/">fleet</ViewLink>);
    expect(click(init)).toBe(true);
    expect(push).not.toHaveBeenCalled();
  });

  it("does not navigate when its handler prevents it", () => {
    render(
      <ViewLink href="/" onClick={(event) => event.preventDefault()}>
        fleet
      </ViewLink>,
    );
    click();
    expect(push).not.toHaveBeenCalled();
  });
});
