import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CommandError, ConnectionError } from "../connection/errors";
import { ClusterReader, readPayload } from "./reader";

/** A reply as the service's documentation shows it, with its count of bytes taken by hand. */
const NODES =
  "cache.0001.use1.cache.amazonaws.com|10.82.235.120|11211 cache.0002.use1.cache.amazonaws.com|10.80.249.27|11211";
const PAYLOAD = `12\n${NODES}\n`;
const NEWER = `CONFIG cluster 0 ${PAYLOAD.length}\r\n${PAYLOAD}\r\nEND\r\n`;
const OLDER = `VALUE AmazonElastiCache:cluster 0 ${PAYLOAD.length}\r\n${PAYLOAD}\r\nEND\r\n`;

const CONFIGURATION = {
  version: 12,
  nodes: [
    { host: "cache.0001.use1.cache.amazonaws.com", ip: "10.82.235.120", port: 11211 },
    { host: "cache.0002.use1.cache.amazonaws.com", ip: "10.80.249.27", port: 11211 },
  ],
  unreadable: [],
};

function read(...chunks: string[]) {
  const reader = new ClusterReader();
  const done = chunks.map((chunk) => reader.push(Buffer.from(chunk, "latin1"), chunk.length));
  return { done: done.at(-1), configuration: reader.configuration };
}

describe("a cluster configuration", () => {
  it.each([
    ["since engine 1.4.14", NEWER],
    ["before", OLDER],
  ])("is read in the form %s, wherever it is cut", (_, reply) => {
    for (let at = 1; at < reply.length; at++) {
      const { done, configuration } = read(reply.slice(0, at), reply.slice(at));
      expect(done).toBe(true);
      expect(configuration).toEqual(CONFIGURATION);
    }
  });

  it("is not complete before its END", () => {
    for (let at = 1; at < NEWER.length; at++) expect(read(NEWER.slice(0, at)).done).toBe(false);
  });

  it("is none when the server holds no such item", () => {
    expect(read("END\r\n")).toEqual({ done: true, configuration: null });
  });

  it.each(["ERROR\r\n", "CLIENT_ERROR bad command line format\r\n", "SERVER_ERROR busy\r\n"])(
    "is refused with %j",
    (reply) => {
      expect(() => read(reply)).toThrow(CommandError);
    },
  );

  it.each([
    ["another protocol", "HTTP/1.1 400 Bad Request\r\n"],
    ["another item", "VALUE other 0 1\r\nx\r\nEND\r\n"],
    ["no length", "CONFIG cluster 0\r\n"],
    ["a length that is wrong", `CONFIG cluster 0 3\r\n${PAYLOAD}\r\nEND\r\n`],
    ["a length beyond any reply", "CONFIG cluster 0 4294967295\r\n"],
    ["bytes after the end", `${NEWER}END\r\n`],
    ["bytes after a refusal", "ERROR\r\nEND\r\n"],
    ["an endless first line", `CONFIG cluster 0 ${"1".repeat(9_000)}`],
    ["no version", "CONFIG cluster 0 8\r\na|1|2 \r\n\r\nEND\r\n"],
  ])("is a fault with %s", (_, reply) => {
    expect(() => read(reply)).toThrow(ConnectionError);
  });

  it("may lack addresses, and names entries that are none", () => {
    expect(readPayload("3\na.test||11211 |10.0.0.1|11211 nonsense a|b |\u0007|x a|b|99999999\n")).toEqual({
      version: 3,
      nodes: [
        { host: "a.test", ip: "", port: 11211 },
        { host: "", ip: "10.0.0.1", port: 11211 },
      ],
      unreadable: ["nonsense", "a|b", "|?|x", "a|b|99999999"],
    });
  });

  it("may be empty", () => {
    expect(readPayload("1\n\n")).toEqual({ version: 1, nodes: [], unreadable: [] });
  });

  it("fails only with an error or a refusal, whatever arrives", () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "CONFIG cluster 0 ",
        "VALUE AmazonElastiCache:cluster 0 ",
        "5\r\n",
        "\r\nEND\r\n",
        "1\na|b|1",
      ),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        try {
          read(...parts);
        } catch (error) {
          expect(error instanceof ConnectionError || error instanceof CommandError).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
