import { describe, expect, test } from "vitest";
import { isOwnRead, linkOrigin, ownOrigin } from "./origin";

const LOCAL = { publicUrl: null, listen: { host: "127.0.0.1", port: 3000 } };
const EVERYWHERE = { publicUrl: null, listen: { host: "0.0.0.0", port: 3000 } };

/** The headers that browsers send (W3C, Fetch Metadata Request Headers, section 2). */
const fetched = (site: string, mode: string, dest: string) =>
  new Headers({ "sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest });

describe("a read", () => {
  test.each([
    ["a fetch of our own page", fetched("same-origin", "cors", "empty")],
    ["an address that somebody typed", fetched("none", "navigate", "document")],
    ["a link that somebody followed", fetched("cross-site", "navigate", "document")],
    ["a client that is no browser", new Headers()],
    ["our own page, over plain HTTP at the listen address", new Headers({ origin: "http://127.0.0.1:3000" })],
  ])("is answered for %s", (_name, headers) => {
    expect(isOwnRead(headers, LOCAL)).toBe(true);
  });

  test.each([
    ["a picture", fetched("cross-site", "no-cors", "image")],
    ["a script", fetched("cross-site", "no-cors", "script")],
    ["a fetch", fetched("cross-site", "cors", "empty")],
    ["a frame", fetched("cross-site", "navigate", "iframe")],
    ["an object", fetched("cross-site", "navigate", "object")],
    ["an event stream of another port of this host", fetched("same-site", "cors", "empty")],
    ["a fetch by a browser that sends no Fetch Metadata", new Headers({ origin: "http://evil.test" })],
    ["a sandboxed frame", new Headers({ origin: "null" })],
  ])("is refused for %s of a foreign page", (_name, headers) => {
    expect(isOwnRead(headers, LOCAL)).toBe(false);
  });
});

describe("the origin of links", () => {
  test("is publicUrl, or the listen address", () => {
    expect(linkOrigin({ ...EVERYWHERE, publicUrl: "https://memfleet.example.net" })).toBe(
      "https://memfleet.example.net",
    );
    expect(linkOrigin(LOCAL)).toBe("http://127.0.0.1:3000");
    expect(linkOrigin({ publicUrl: null, listen: { host: "fd00::5", port: 80 } })).toBe("http://[fd00::5]");
  });

  test.each(["0.0.0.0", "::"])("does not exist on %s without publicUrl, and a sentence says so", (host) => {
    const deployment = { publicUrl: null, listen: { host, port: 3000 } };
    expect(ownOrigin(deployment)).toBeNull();
    expect(() => linkOrigin(deployment)).toThrow(/no address to open; set publicUrl/);
  });
});
