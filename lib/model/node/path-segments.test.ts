import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keySegment, nodeSegment, readNodeSegment, restoreSlashes } from "./path-segments";

/** What every proxy leaves alone: RFC 3986, unreserved characters, and percent-encoding other than of slashes and dots. */
const SAFE = /^(?!\.{1,2}$)(?:[\w.~!*'()-]|%(?!2F|5C|2E)[0-9A-F]{2})+$/i;

describe("segments of a path", () => {
  test("hold every node id, and survive a proxy that decodes or refuses %2F", () => {
    for (const id of ["10.0.0.1:11211", "[fd00::5]:11211", "unix:/run/m.sock", "unix:/run/ü b/~.sock"]) {
      const segment = nodeSegment(id);
      expect(segment).toMatch(SAFE);
      expect(readNodeSegment(decodeURIComponent(segment))).toBe(id);
    }
    expect(nodeSegment("10.0.0.1:11211")).toBe("10.0.0.1%3A11211");
  });

  test.each(["~", "~%", "~!!", "~_w", "unix:/run/m.sock"])(
    "%s that is not in base64 stays as it is",
    (text) => {
      expect(readNodeSegment(text)).toBe(text);
    },
  );

  test("hold every key", () => {
    const texts = fc.oneof(fc.constantFrom(".", "..", "...", "a/b", "/", "a\\b", "%2F"), fc.string());
    fc.assert(
      fc.property(texts, (key) => {
        fc.pre(key !== "" && key.isWellFormed());
        const { segment, keyEncoding } = keySegment({ key, keyEncoding: "utf8" });
        expect(segment).toMatch(SAFE);
        const read = decodeURIComponent(segment);
        expect(keyEncoding === "utf8" ? read : Buffer.from(read, "base64url").toString()).toBe(key);
      }),
    );
    const bytes = Buffer.of(0xff, 0xef, 0xff, 0x00);
    const { segment } = keySegment({ key: bytes.toString("base64"), keyEncoding: "base64" });
    expect(segment).toMatch(SAFE);
    expect(Buffer.from(segment, "base64url")).toEqual(bytes);
  });
});

describe("a path whose slashes a proxy has decoded", () => {
  const ids = new Set(["unix:/run/m.sock", "unix:/run/keys/m.sock", "unix:/run/a b.sock"]);
  const restore = (path: string) => restoreSlashes(path, (id) => ids.has(id));

  test.each([
    ["/api/v1/nodes/unix:/run/m.sock", "/api/v1/nodes/unix:%2Frun%2Fm.sock"],
    ["/api/v1/nodes/unix:/run/m.sock/stats/general", "/api/v1/nodes/unix:%2Frun%2Fm.sock/stats/general"],
    ["/api/v1/nodes/unix:/run/keys/m.sock/keys/a/b", "/api/v1/nodes/unix:%2Frun%2Fkeys%2Fm.sock/keys/a%2Fb"],
    ["/api/v1/nodes/unix:/run/a%20b.sock/slabs", "/api/v1/nodes/unix:%2Frun%2Fa%20b.sock/slabs"],
    ["/nodes/unix:/run/m.sock", "/nodes/unix:%2Frun%2Fm.sock"],
    ["/api/v1/nodes/10.0.0.1:11211/keys/a/b/c", "/api/v1/nodes/10.0.0.1:11211/keys/a%2Fb%2Fc"],
    ["/api/v1/nodes/10.0.0.1:11211/keys/a/b/value", "/api/v1/nodes/10.0.0.1:11211/keys/a%2Fb/value"],
  ])("%s is restored", (path, restored) => {
    expect(restore(path)).toBe(restored);
  });

  test.each([
    "/",
    "/api/v1/fleet",
    "/api/v1/nodes/10.0.0.1:11211",
    "/api/v1/nodes/10.0.0.1:11211/keys",
    "/api/v1/nodes/10.0.0.1:11211/keys/a/value",
    "/api/v1/nodes/unix%3A%2Frun%2Fm.sock/stats/general",
    "/api/v1/nodes/unix:/run/other.sock",
    "/nodes/10.0.0.1:11211/keys/a/b",
  ])("%s is left alone", (path) => {
    expect(restore(path)).toBeNull();
  });
});
