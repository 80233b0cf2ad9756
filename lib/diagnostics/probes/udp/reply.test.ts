import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readUdpFrame, udpRequest } from "./frame";
import { MAX_DATAGRAMS, MAX_REPLY_BYTES, UdpReply } from "./reply";

const ID = 0x1234;

function datagram(text: string | Buffer, sequence = 0, total = 1, id = ID): Buffer {
  return Buffer.concat([
    Buffer.from([id >> 8, id & 255, sequence >> 8, sequence & 255, total >> 8, total & 255, 0, 0]),
    Buffer.from(text),
  ]);
}

describe("frames", () => {
  it("writes the classic stats check byte for byte", () => {
    expect(udpRequest(0, "stats")).toEqual(
      Buffer.from("\x00\x00\x00\x00\x00\x01\x00\x00stats\r\n", "latin1"),
    );
    expect(udpRequest(0xbeef, "version").toString("latin1")).toBe(
      "\xbe\xef\x00\x00\x00\x01\x00\x00version\r\n",
    );
  });

  it("never throws on any network input", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const frame = readUdpFrame(Buffer.from(bytes));
        if (frame !== null) expect(frame.text.length).toBe(bytes.length - 8);
        const reply = new UdpReply(ID);
        reply.take(Buffer.from(bytes));
        expect(reply.datagramCount + reply.ignored).toBe(1);
      }),
    );
  });
});

describe("a reply", () => {
  it("is complete once every numbered datagram has arrived, in any order", () => {
    const text = `${Array.from({ length: 40 }, (_, i) => `STAT row${i} ${i}\r\n`).join("")}END\r\n`;
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), (order) => {
        const cut = Math.ceil(text.length / 5);
        const reply = new UdpReply(ID);
        order.forEach((sequence, index) => {
          expect(reply.complete).toBe(false);
          reply.take(datagram(text.slice(sequence * cut, (sequence + 1) * cut), sequence, 5));
          expect(reply.complete).toBe(index === 4);
        });
        expect(reply.text.toString()).toBe(text);
        expect(reply.isMemcached).toBe(true);
        expect(reply.bytes).toBe(text.length + 5 * 8);
      }),
    );
  });

  it("does not count datagrams with another id or without a frame", () => {
    const reply = new UdpReply(ID);
    expect(reply.take(datagram("VERSION 1\r\n", 0, 1, ID + 1))).toBe(false);
    expect(reply.take(Buffer.from("VERSION"))).toBe(false);
    expect([reply.datagramCount, reply.bytes, reply.ignored]).toEqual([0, 0, 2]);
  });

  it("counts everything and keeps a bounded part of it", () => {
    const many = new UdpReply(ID);
    for (let i = 0; i < 500; i++) many.take(datagram("STAT a 1\r\n", i, 500));
    expect([many.datagramCount, many.datagrams.length, many.bytes]).toEqual([500, MAX_DATAGRAMS, 500 * 18]);
    const large = new UdpReply(ID);
    for (let i = 0; i < 40; i++) large.take(datagram(Buffer.alloc(60_000, 120), i, 40));
    expect(large.bytes).toBe(40 * 60_008);
    expect(large.datagrams.length).toBe(Math.floor(MAX_REPLY_BYTES / 60_008));
  });

  it("distinguishes memcached from an echo", () => {
    const echo = new UdpReply(ID);
    echo.take(udpRequest(ID, "version"));
    expect(echo.isMemcached).toBe(false);
    for (const line of ["VERSION 1.6.18\r\n", "ERROR\r\n", "SERVER_ERROR busy\r\n", "STAT pid 1\r\n"]) {
      const reply = new UdpReply(ID);
      reply.take(datagram(line));
      expect(reply.isMemcached).toBe(true);
    }
  });
});
