import { describe, expect, it } from "vitest";
import { badgeHtml, badgeMarkdown } from "./badge-snippet";

describe("the badge's snippets", () => {
  it("leave Markdown's brackets in a label without effect", () => {
    expect(badgeMarkdown("a](javascript:x) [b", "https://m/s/t/badge.svg", "https://m/s/t")).toBe(
      "[![a\\](javascript:x) \\[b](https://m/s/t/badge.svg)](https://m/s/t)",
    );
  });

  it("keep a label inside its HTML attribute", () => {
    const html = badgeHtml('"><script>alert(1)</script>&', "https://m/s/t/badge.svg", "https://m/s/t");
    const parsed = new DOMParser().parseFromString(html, "text/html");
    expect(parsed.querySelector("script")).toBeNull();
    expect(parsed.querySelector("img")?.alt).toBe('"><script>alert(1)</script>&');
    expect(parsed.querySelector("a")?.href).toBe("https://m/s/t");
  });
});
