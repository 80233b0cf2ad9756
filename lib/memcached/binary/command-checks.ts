/** Checks the replies to binary requests against memcached's `doc/protocol-binary.txt`. Touches only its own keys. */

import { printable } from "../connection/errors";
import type { CheckOptions, CommandCheckResult } from "../contract";
import {
  CHECK_SECONDS,
  type Check,
  CheckKeys,
  deletionElsewhere,
  NotOffered,
  runChecks,
  WrongAnswer,
} from "../inspect/command-checks";
import { type FrameParts, storeExtras } from "./encoder";
import { hex, OPCODE, STATUS } from "./frames";
import type { BinaryAnswer } from "./replies";

type Frame = Omit<FrameParts, "opaque">;
type Send = (frames: readonly Frame[]) => Promise<BinaryAnswer>;

const STORE_EXTRAS = storeExtras(0, CHECK_SECONDS);
const EXPTIME = STORE_EXTRAS.subarray(4);
/** An exptime of all ones: do not create the item. */
const NO_INITIAL = 0xffff_ffff;

const NOOP: Frame = { opcode: OPCODE.noop };

/** Extras of increment and decrement: by one. */
function countExtras(initial: bigint, exptime: number): Buffer {
  const extras = Buffer.alloc(20);
  extras.writeBigUInt64BE(1n, 0);
  extras.writeBigUInt64BE(initial, 8);
  extras.writeUInt32BE(exptime, 16);
  return extras;
}

export function checkBinaryCommands(
  send: Send,
  prefix: string,
  options: CheckOptions = {},
): Promise<readonly CommandCheckResult[]> {
  const checks = new BinaryChecks(send, prefix);
  return runChecks(checks.all(), () => checks.remove(), deletionElsewhere(checks.keys, options));
}

class BinaryChecks {
  readonly keys: CheckKeys;

  constructor(
    private readonly send: Send,
    prefix: string,
  ) {
    this.keys = new CheckKeys(prefix);
  }

  all(): Check[] {
    const check: CheckKeys["check"] = (name, run) => this.keys.check(name, run);
    return [
      check("version", async () => {
        await this.expectReply({ opcode: OPCODE.version }, STATUS.ok, /^\d/);
      }),
      check("noop", async () => {
        await this.expectReply({ opcode: OPCODE.noop }, STATUS.ok, "");
      }),
      check("set", (key) => this.store(key, "v")),
      check("get", async (key) => {
        await this.expectReply({ opcode: OPCODE.get, key }, STATUS.notFound);
        await this.store(key, "v", 0xffff_ffff);
        const { last } = await this.expectReply({ opcode: OPCODE.get, key }, STATUS.ok, "v");
        if (last.body?.extras.readUInt32BE(0) !== 0xffff_ffff)
          throw new WrongAnswer("get: the flags differ from the stored ones");
      }),
      check("getk", async (key) => {
        await this.store(key, "v");
        const { last } = await this.expectReply({ opcode: OPCODE.getk, key }, STATUS.ok, "v");
        if (last.body?.key.toString("latin1") !== key)
          throw new WrongAnswer("getk: the reply has another key");
      }),
      check("getq", (key) => this.checkQuietGet(OPCODE.getq, key)),
      check("getkq", (key) => this.checkQuietGet(OPCODE.getkq, key)),
      check("setq", async (key) => {
        const quiet = { opcode: OPCODE.setq, key, value: Buffer.from("v"), extras: STORE_EXTRAS };
        await this.expectReply({ opcode: OPCODE.get, key }, STATUS.ok, "v", [quiet]);
      }),
      check("gat", async (key) => {
        await this.store(key, "v");
        await this.expectReply({ opcode: OPCODE.gat, key, extras: EXPTIME }, STATUS.ok, "v");
      }),
      check("add", async (key) => {
        await this.stores(OPCODE.add, key, "v", STATUS.ok);
        await this.stores(OPCODE.add, key, "w", STATUS.exists);
      }),
      check("replace", async (key) => {
        await this.stores(OPCODE.replace, key, "v", STATUS.notFound);
        await this.store(key, "v");
        await this.stores(OPCODE.replace, key, "w", STATUS.ok);
        await this.expectReply({ opcode: OPCODE.get, key }, STATUS.ok, "w");
      }),
      check("append", (key) => this.joins(OPCODE.append, key, "ab")),
      check("prepend", (key) => this.joins(OPCODE.prepend, key, "ba")),
      check("cas", (key) => this.checkCas(key)),
      check("increment", (key) => this.counts(OPCODE.increment, key, 2n ** 64n - 2n, 2n ** 64n - 1n)),
      check("decrement", (key) => this.counts(OPCODE.decrement, key, 0n, 0n)),
      check("addq", async (key) => {
        const add = { opcode: OPCODE.addq, key, value: Buffer.from("v"), extras: STORE_EXTRAS };
        await this.expectNoReply(add);
        await this.expectError(add, STATUS.exists);
      }),
      check("replaceq", async (key) => {
        const replace = { opcode: OPCODE.replaceq, key, value: Buffer.from("w"), extras: STORE_EXTRAS };
        await this.expectError(replace, STATUS.notFound);
        await this.store(key, "v");
        await this.expectNoReply(replace);
        await this.expectReply({ opcode: OPCODE.get, key }, STATUS.ok, "w");
      }),
      check("appendq", (key) => this.joinsQuietly(OPCODE.appendq, key, "ab")),
      check("prependq", (key) => this.joinsQuietly(OPCODE.prependq, key, "ba")),
      check("incrementq", (key) => this.countsQuietly(OPCODE.incrementq, key, "8")),
      check("decrementq", (key) => this.countsQuietly(OPCODE.decrementq, key, "6")),
      check("deleteq", async (key) => {
        const remove = { opcode: OPCODE.deleteq, key };
        await this.expectError(remove, STATUS.notFound);
        await this.store(key, "v");
        await this.expectNoReply(remove);
        await this.expectReply({ opcode: OPCODE.get, key }, STATUS.notFound);
      }),
      check("touch", async (key) => {
        await this.expectReply({ opcode: OPCODE.touch, key, extras: EXPTIME }, STATUS.notFound);
        await this.store(key, "v");
        await this.expectReply({ opcode: OPCODE.touch, key, extras: EXPTIME }, STATUS.ok);
      }),
      check("delete", async (key) => {
        await this.expectReply({ opcode: OPCODE.delete, key }, STATUS.notFound);
        await this.store(key, "v");
        await this.expectReply({ opcode: OPCODE.delete, key }, STATUS.ok);
        await this.expectReply({ opcode: OPCODE.get, key }, STATUS.notFound);
      }),
    ];
  }

  /** Sends the frame and compares the reply. `quiet`: frames without a reply, sent before it. */
  private async expectReply(
    frame: Frame,
    status: number,
    value?: string | RegExp,
    quiet: readonly Frame[] = [],
  ): Promise<BinaryAnswer> {
    const answer = await this.send([...quiet, frame]);
    const { last, before } = answer;
    const unknown = [...before, last].some((reply) => reply.status === STATUS.unknownCommand);
    if (unknown) throw notOffered(quiet[0]?.opcode ?? frame.opcode);
    if (before.length > 0) throw extraFrame(frame.opcode);
    if (last.status !== status) throw wrongStatus(frame.opcode, hex(last.status), status);
    const received = last.body?.value.toString("latin1") ?? "";
    if (value === undefined || (typeof value === "string" ? received === value : value.test(received)))
      return answer;
    throw new WrongAnswer(`${hex(frame.opcode)}: received "${printable(received)}", expected "${value}"`);
  }

  private async stores(opcode: number, key: string, value: string, status: number, flags = 0): Promise<void> {
    const extras = storeExtras(flags, CHECK_SECONDS);
    await this.expectReply({ opcode, key, value: Buffer.from(value), extras }, status);
  }

  private store(key: string, value: string, flags = 0): Promise<void> {
    return this.stores(OPCODE.set, key, value, STATUS.ok, flags);
  }

  private async joins(opcode: number, key: string, joined: string): Promise<void> {
    const frame = { opcode, key, value: Buffer.from("b") };
    await this.expectReply(frame, STATUS.notStored);
    await this.store(key, "a");
    await this.expectReply(frame, STATUS.ok);
    await this.expectReply({ opcode: OPCODE.get, key }, STATUS.ok, joined);
  }

  /** A quiet get has no reply to a miss; the reply to a hit precedes that to the noop. */
  private async checkQuietGet(opcode: number, key: string): Promise<void> {
    const quiet = { opcode, key };
    await this.expectNoReply(quiet);
    await this.store(key, "v");
    const { before } = await this.send([quiet, NOOP]);
    const values = before.map((reply) => reply.body?.value.toString("latin1"));
    if (values.length !== 1 || values[0] !== "v") {
      throw new WrongAnswer(`${hex(opcode)}: no value in the reply to a hit`);
    }
  }

  /** A quiet request that succeeds has no reply: only the noop after it has. */
  private async expectNoReply(quiet: Frame): Promise<void> {
    if ((await this.repliesTo(quiet)).length > 0) throw extraFrame(quiet.opcode);
  }

  /** A quiet request that fails has a reply. */
  private async expectError(quiet: Frame, status: number): Promise<void> {
    const replies = await this.repliesTo(quiet);
    const [first] = replies;
    if (replies.length === 1 && first?.status === status) return;
    throw wrongStatus(quiet.opcode, first === undefined ? "no reply" : hex(first.status), status);
  }

  private async repliesTo(quiet: Frame): Promise<BinaryAnswer["before"]> {
    const { before } = await this.send([quiet, NOOP]);
    if (before[0]?.status === STATUS.unknownCommand) throw notOffered(quiet.opcode);
    return before;
  }

  private async joinsQuietly(opcode: number, key: string, joined: string): Promise<void> {
    await this.store(key, "a");
    await this.expectNoReply({ opcode, key, value: Buffer.from("b") });
    await this.expectReply({ opcode: OPCODE.get, key }, STATUS.ok, joined);
  }

  private async countsQuietly(opcode: number, key: string, result: string): Promise<void> {
    await this.store(key, "7");
    await this.expectNoReply({ opcode, key, extras: countExtras(0n, NO_INITIAL) });
    await this.expectReply({ opcode: OPCODE.get, key }, STATUS.ok, result);
  }

  private async counts(opcode: number, key: string, from: bigint, to: bigint): Promise<void> {
    const by = (initial: bigint, exptime: number) => ({ opcode, key, extras: countExtras(initial, exptime) });
    const number = (value: bigint) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(value);
      return bytes.toString("latin1");
    };
    await this.expectReply(by(from, NO_INITIAL), STATUS.notFound);
    await this.expectReply(by(from, CHECK_SECONDS), STATUS.ok, number(from));
    await this.expectReply(by(from, CHECK_SECONDS), STATUS.ok, number(to));
    await this.store(key, "text");
    await this.expectReply(by(from, CHECK_SECONDS), STATUS.nonNumeric);
  }

  private async checkCas(key: string): Promise<void> {
    await this.store(key, "v");
    const { last } = await this.expectReply({ opcode: OPCODE.get, key }, STATUS.ok, "v");
    const swap = { opcode: OPCODE.set, key, value: Buffer.from("w"), extras: STORE_EXTRAS, cas: last.cas };
    await this.expectReply(swap, STATUS.ok);
    await this.expectReply(swap, STATUS.exists);
    await this.expectReply({ opcode: OPCODE.get, key }, STATUS.ok, "w");
  }

  async remove(): Promise<void> {
    for (const key of this.keys.all) {
      const { last } = await this.send([{ opcode: OPCODE.delete, key }]);
      if (last.status === STATUS.unknownCommand) throw notOffered(OPCODE.delete);
      if (last.status !== STATUS.ok && last.status !== STATUS.notFound) {
        throw wrongStatus(OPCODE.delete, hex(last.status), STATUS.ok);
      }
      await this.expectReply({ opcode: OPCODE.get, key }, STATUS.notFound);
    }
  }
}

function notOffered(opcode: number): NotOffered {
  return new NotOffered(`${hex(opcode)}: status ${hex(STATUS.unknownCommand)}`);
}

function extraFrame(opcode: number): WrongAnswer {
  return new WrongAnswer(`${hex(opcode)}: more frames than expected`);
}

function wrongStatus(opcode: number, received: string, expected: number): WrongAnswer {
  return new WrongAnswer(`${hex(opcode)}: received status ${received}, expected ${hex(expected)}`);
}
