import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { capture } from "@/tests/doubles/captures";
import { ConnectionError } from "../connection/errors";
import { MetadumpParser } from "./parser";

interface Told {
  readonly key: string;
  readonly exp: number;
  readonly la: number;
  readonly cas: string | null;
  readonly fetched: boolean;
  readonly cls: number | null;
  readonly size: number | null;
}

interface Read {
  readonly items: Told[];
  readonly parser: MetadumpParser;
  readonly complete: boolean;
}

/** Feeds the bytes cut at the given offsets, from one piece of memory that is overwritten after every chunk. */
function read(bytes: Buffer, cuts: readonly number[] = [], prefix = Buffer.alloc(0)): Read {
  const items: Told[] = [];
  const parser = new MetadumpParser(prefix, (item) => {
    const { exp, la, cas, fetched, cls, size } = item;
    expect(item.key()).toHaveLength(item.keyBytes);
    items.push({ key: item.key().toString("latin1"), exp, la, cas, fetched, cls, size });
    return true;
  });
  const memory = Buffer.alloc(Math.max(bytes.length, 1), "#");
  let complete = false;
  let from = 0;
  for (const to of [...[...cuts].sort((a, b) => a - b), bytes.length]) {
    const end = Math.min(to, bytes.length);
    bytes.copy(memory, 0, from, end);
    complete = parser.push(memory, end - from) || complete;
    memory.fill("#");
    from = end;
  }
  return { items, parser, complete };
}

const line = (key: string, more = "") =>
  `key=${key} exp=-1 la=1795322301 cas=13 fetch=no cls=1 size=72${more}\n`;

/** As memcached's `uriencode` does: all but letters, digits and `-._~` as `%XX`. */
const uriEncoded = (key: Uint8Array) =>
  [...key]
    .map((byte) =>
      /[\w\-.~]/.test(String.fromCharCode(byte)) && byte < 128
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    )
    .join("");

describe("a metadump of a real server", () => {
  it.each(["1.5.5", "1.6.9", "1.6.18"])("%s is read as a regular expression reads it", (version) => {
    const reply = capture(version, "cmd-lru_crawler_metadump_all").toString("latin1");
    const expected = [
      ...reply.matchAll(/key=(\S+) exp=(\S+) la=(\d+) cas=(\d+) fetch=(yes|no) cls=(\d+) size=(\d+)/g),
    ].map(([, key, exp, la, cas, fetch, cls, size]) => ({
      key: decodeURIComponent(key ?? ""),
      exp: Number(exp),
      la: Number(la),
      cas,
      fetched: fetch === "yes",
      cls: Number(cls),
      size: Number(size),
    }));
    const { items, parser, complete } = read(Buffer.from(`${reply}END\r\n`));
    expect(items).toEqual(expected);
    expect(expected.length).toBeGreaterThan(10);
    expect(complete).toBe(true);
    expect(parser).toMatchObject({ itemCount: expected.length, unreadable: 0, outcome: { kind: "end" } });
  });
});

describe("the forms of a line", () => {
  it("from 1.6.43 the reply begins with OK, and 1.6.45 adds flags and a trailing space", () => {
    const { items, complete } = read(
      Buffer.from(`OK\r\nkey=a exp=5 la=6 cas=7 fetch=yes cls=2 size=99 flags=12 \nEND\r\n`),
    );
    expect(items).toEqual([{ key: "a", exp: 5, la: 6, cas: "7", fetched: true, cls: 2, size: 99 }]);
    expect(complete).toBe(true);
  });

  it("what an early version does not tell is null, and so is the CAS of a server that keeps none", () => {
    const { items } = read(Buffer.from("key=a exp=-1 la=6 cas=0 fetch=no\nEND\r\n"));
    expect(items).toEqual([{ key: "a", exp: -1, la: 6, cas: null, fetched: false, cls: null, size: null }]);
  });

  it("a CAS beyond 2^53 keeps all its digits", () => {
    const { items } = read(Buffer.from("key=a exp=-1 la=6 cas=18446744073709551615 fetch=no\nEND\r\n"));
    expect(items[0]?.cas).toBe("18446744073709551615");
  });

  it("keys are decoded from either case of hexadecimal digits", () => {
    expect(read(Buffer.from(`${line("a%2Fb%25%c3%A9")}END\r\n`)).items[0]?.key).toBe("a/b%\xc3\xa9");
  });

  it.each([
    ["BUSY currently processing crawler request", "BUSY"],
    ["ERROR locked try again later", "ERROR"],
    ["ERROR metadump not allowed", "ERROR"],
    ["ERROR", "ERROR"],
    ["BADCLASS invalid class id", "BADCLASS"],
    ["CLIENT_ERROR lru crawler disabled", "CLIENT_ERROR"],
  ])("%s is a refusal without END", (reply, word) => {
    for (const opening of ["", "OK\r\n"]) {
      const { parser, complete } = read(Buffer.from(`${opening}${reply}\r\n`));
      expect(complete).toBe(true);
      expect(parser.outcome).toEqual({ kind: "refused", word, line: reply });
      expect(parser.began).toBe(false);
    }
  });

  it.each([
    "key= exp=-1 la=1 cas=1 fetch=no",
    "key=%G0 exp=-1 la=1 cas=1 fetch=no",
    "key=a% exp=-1 la=1 cas=1 fetch=no",
    "key=a exp=x la=1 cas=1 fetch=no",
    "key=a exp=-1 la= cas=1 fetch=no",
    "key=a exp=-1 la=1 cas=-1 fetch=no",
    "key=a exp=-1 la=1 cas=1",
    "key=a exp=-1  la=1 cas=1 fetch=no",
    "key=a exp=-1 la=1 cas=1 fetch=no cls",
    "key=a",
    `key=${"k".repeat(251)} exp=-1 la=1 cas=1 fetch=no`,
    "VALUE a 0 1",
    "",
  ])("%j in the middle is counted as unreadable, and the dump goes on", (broken) => {
    const { items, parser, complete } = read(Buffer.from(`${line("a")}${broken}\n${line("b")}END\r\n`));
    expect(items.map(({ key }) => key)).toEqual(["a", "b"]);
    expect(parser.unreadable).toBe(1);
    expect(complete).toBe(true);
  });
});

describe("hostile answers", () => {
  it.each([
    ["garbage at the beginning", "HTTP/1.1 400 Bad Request\r\n"],
    ["a second OK", "OK\r\nOK\r\n"],
    ["a line of 8 kB and a byte", `${"k".repeat(8_193)}\n`],
    ["a line that does not end", "k".repeat(8_193)],
    ["a thousand and one strange lines", line("a") + "strange\r\n".repeat(1_001)],
  ])("%s is a fault", (_what, reply) => {
    expect(() => read(Buffer.from(reply))).toThrow(ConnectionError);
    const everywhere = Array.from({ length: reply.length }, (_, at) => at);
    expect(() => read(Buffer.from(reply), everywhere)).toThrow(ConnectionError);
  });

  it("a refusal is shown truncated and printable", () => {
    const { parser } = read(Buffer.from(`ERROR \x1b[31m${"x".repeat(5_000)}\r\n`));
    const { outcome } = parser;
    expect(outcome?.kind === "refused" && /^[\x20-\x7e]{1,120}$/.test(outcome.line)).toBe(true);
  });
});

const key = fc.uint8Array({ minLength: 1, maxLength: 250 });
const item = fc.record({
  key,
  exp: fc.integer({ min: -1, max: 4_294_967_295 }),
  la: fc.nat(),
  cas: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
  fetched: fc.boolean(),
  cls: fc.integer({ min: 1, max: 255 }),
  size: fc.integer({ min: 48, max: 1_073_741_824 }),
  newer: fc.boolean(),
});

describe("any dump", () => {
  it("is read the same however it is cut", () => {
    fc.assert(
      fc.property(
        fc.array(item, { maxLength: 12 }),
        fc.boolean(),
        fc.array(fc.nat(4_000), { maxLength: 40 }),
        (dump, greets, cuts) => {
          const lines = dump.map(
            ({ key: k, exp, la, cas, fetched, cls, size, newer }) =>
              `key=${uriEncoded(k)} exp=${exp} la=${la} cas=${cas} fetch=${fetched ? "yes" : "no"} cls=${cls} size=${size}${newer ? " flags=3 \r\n" : "\n"}`,
          );
          const bytes = Buffer.from(`${greets ? "OK\r\n" : ""}${lines.join("")}END\r\n`);
          const { items, complete, parser } = read(bytes, cuts);
          expect(complete).toBe(true);
          expect(parser.itemCount).toBe(dump.length);
          expect(items).toEqual(
            dump.map(({ key: k, exp, la, cas, fetched, cls, size }) => ({
              key: Buffer.from(k).toString("latin1"),
              exp,
              la,
              cas: String(cas),
              fetched,
              cls,
              size,
            })),
          );
        },
      ),
    );
  });

  it("passes on and counts exactly the keys that begin with the prefix", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 6, max: 3 }), { maxLength: 60 }),
        fc.uint8Array({ maxLength: 3, max: 3 }),
        (keys, prefix) => {
          const bytes = Buffer.from(`${keys.map((k) => line(uriEncoded(k))).join("")}END\r\n`);
          const { items, parser } = read(bytes, [], Buffer.from(prefix));
          const expected = keys
            .map((k) => Buffer.from(k).toString("latin1"))
            .filter((text) => text.startsWith(Buffer.from(prefix).toString("latin1")));
          expect(items.map(({ key: k }) => k)).toEqual(expected);
          expect(parser).toMatchObject({ itemCount: keys.length, matched: expected.length });
        },
      ),
    );
  });

  it("is counted to its end after the caller needs no more items", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }), (count, wanted) => {
        let handedOver = 0;
        const parser = new MetadumpParser(Buffer.alloc(0), () => ++handedOver < wanted);
        const bytes = Buffer.from(`${line("a").repeat(count)}END\r\n`);
        expect(parser.push(bytes, bytes.length)).toBe(true);
        expect(handedOver).toBe(Math.min(count, wanted));
        expect(parser).toMatchObject({ itemCount: count, matched: count });
      }),
    );
  });

  it("no bytes make it throw anything but a ConnectionError", () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom("key=", "a%2", " exp=", "\n", "END\r\n", "OK\r\n", "ERROR ", " cas=1").map(Buffer.from),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          read(Buffer.concat(pieces as Buffer[]));
        } catch (error) {
          expect(error).toBeInstanceOf(ConnectionError);
        }
      }),
    );
  });
});
