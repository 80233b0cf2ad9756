import { describe, expect, it } from "vitest";
import { chooseLocale, chooseTimeZone } from "./locale";

describe("the language of a page", () => {
  it("is the user's choice before the browser's", () => {
    expect(chooseLocale("ja", "en")).toBe("ja");
    expect(chooseLocale("tlh", "ja")).toBe("ja");
  });

  it("is the browser's preferred supported language", () => {
    expect(chooseLocale(undefined, "fr-FR, en;q=0.5, ja-JP;q=0.9")).toBe("ja");
    expect(chooseLocale(undefined, "ja;q=0, en;q=0.1")).toBe("en");
    expect(chooseLocale(undefined, "en-GB,en;q=0.9,ja;q=0.8")).toBe("en");
  });

  it("is English when nothing fits", () => {
    expect(chooseLocale(undefined, null)).toBe("en");
    expect(chooseLocale(undefined, "fr, *;q=0.1")).toBe("en");
    expect(chooseLocale(undefined, ";;;q=,,")).toBe("en");
  });
});

describe("the time zone of a page", () => {
  it("comes from the browser, and is UTC when invalid", () => {
    expect(chooseTimeZone("Asia/Tokyo")).toBe("Asia/Tokyo");
    expect(chooseTimeZone("Mars/Olympus")).toBe("UTC");
    expect(chooseTimeZone(undefined)).toBe("UTC");
  });
});
