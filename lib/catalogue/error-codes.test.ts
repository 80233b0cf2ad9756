import { describe, expect, it } from "vitest";
import { ERROR_CODES, lookUpError } from "./error-codes";

const codes = (search: string) => lookUpError(search).map(({ family, code }) => `${family} ${code}`);

describe("looking up an error", () => {
  it("finds a number among libmemcached's codes and a status among the binary ones", () => {
    expect(codes("37")).toEqual(["libmemcached 37"]);
    expect(codes(" 007 ")).toEqual(["libmemcached 7"]);
    expect(codes("0x82")).toEqual(["binary 0x82"]);
    expect(codes("0X0001")).toEqual(["binary 0x01"]);
    expect(codes("0x0081")).toEqual(["binary 0x81"]);
    expect(codes("999")).toEqual([]);
    expect(codes("0xff")).toEqual([]);
  });

  it("takes the reply that matches most of a line", () => {
    expect(codes("SERVER_ERROR out of memory storing object")).toEqual([
      "text SERVER_ERROR out of memory storing object",
    ]);
    expect(codes("SERVER_ERROR out of memory reading request")).toEqual(["text SERVER_ERROR out of memory"]);
    expect(codes("server_error something else")).toEqual(["text SERVER_ERROR"]);
    expect(codes("BUSY currently processing reassign request")).toEqual(["text BUSY"]);
    expect(codes("ERRORS")).toContain("libmemcached 19");
    expect(codes("ERRORS")).not.toContain("text ERROR");
  });

  it("finds names and words of a text", () => {
    expect(codes("MEMCACHED_E2BIG")).toEqual(["libmemcached 37"]);
    expect(codes("e2big")).toEqual(["libmemcached 37", "binary 0x03"]);
    expect(codes("item too big")).toEqual(["libmemcached 37"]);
    expect(codes("authentication failure")).toContain("libmemcached 41");
    expect(codes("__proto__")).toEqual([]);
    expect(codes("   ")).toEqual([]);
  });
});

describe("the table", () => {
  it("names every code once", () => {
    const names = ERROR_CODES.map(({ family, code }) => `${family} ${code}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it("has both languages, and a remedy for every failure that a client prints", () => {
    for (const { meaning, remedy, code } of ERROR_CODES) {
      for (const text of [meaning, remedy ?? meaning]) {
        expect(text.en, code).toMatch(/^[\x20-\x7e]+$/);
        expect(text.ja, code).toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
      }
    }
    const bad = /FAIL|ERROR|TIMEOUT|TOO|NO_SERVERS|DEAD|BAD_KEY|MEMLIMIT/;
    const without = ERROR_CODES.filter(
      ({ name, code, remedy }) => bad.test(name) && remedy === null && code !== "0x00",
    );
    expect(without).toEqual([]);
  });
});
