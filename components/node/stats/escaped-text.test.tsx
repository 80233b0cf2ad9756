import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { EscapedText, escapedText } from "./escaped-text";

describe("text from a server", () => {
  it("is unchanged without hidden characters", () => {
    expect(escapedText("memcached 1.6.18 日本語 (null)")).toBe("memcached 1.6.18 日本語 (null)");
  });

  it.each([
    ["a\u202Eb", "a\\u{202e}b"],
    ["\u0007", "\\u{7}"],
    ["x\u200By", "x\\u{200b}y"],
    ["\uFEFF1", "\\u{feff}1"],
    ["line\u2028two\n", "line\\u{2028}two\\u{a}"],
    ["\u2066evil\u2069", "\\u{2066}evil\\u{2069}"],
    ["\uD800", "\\u{d800}"],
  ])("shows %j with everything hidden made visible", (text, shown) => {
    expect(escapedText(text)).toBe(shown);
  });

  it("marks the escapes and isolates the direction of the text", () => {
    const { container } = render(<EscapedText text={"1.6\u202E<b>x</b>"} />);
    expect(container.textContent).toBe("1.6\\u{202e}<b>x</b>");
    expect(container.querySelector("bdi")?.getAttribute("dir")).toBe("ltr");
    expect(container.querySelector("b")).toBeNull();
  });
});
