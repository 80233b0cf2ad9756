import { describe, expect, it } from "vitest";
import { badgeHtml, badgeMarkdown } from "./badge-snippet";

describe("badge snippets", () => {
  it("escape Markdown brackets in a label", () => {
    expect(badgeMarkdown("a](javascript:x) [b", "https://m/s/t/badge.svg", "https://m/s/t")).toBe(
      "[![a\\](javascript:x) \\[b](https://m/s/t/badge.svg)](https://m/s/t)",
    );
  });

  it("escape a label in an HTML attribute", () => {
    const html = badgeHtml('"><script>alert(1)</script>&', "https://m/s/t/badge.svg", "https://m/s/t");
    const parsed = new DOMParser().parseFromString(html, "text/html");
    expect(parsed.querySelector("script")).toBeNull();
    expect(parsed.querySelector("img")?.alt).toBe('"><script>alert(1)</script>&');
    expect(parsed.querySelector("a")?.href).toBe("https://m/s/t");
  });
});
