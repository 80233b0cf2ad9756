/**
 * Whether a node answers the binary requests as memcached's `doc/protocol-binary.txt` says, tried on keys of our own.
 * Nothing here reaches beyond them.
 */

import { printable } from "../connection/errors";
import type { CheckedCommand } from "../contract";
import { CHECK_SECONDS, type Check, NotOffered, runChecks, WrongAnswer } from "../inspect/command-checks";
import { type FrameParts, storeExtras } from "./encoder";
import { OPCODE, STATUS } from "./frames";
import type { BinaryAnswer } from "./session";

type Frame = Omit<FrameParts, "opaque">;
type Ask = (frames: readonly Frame[]) => Promise<BinaryAnswer>;

const KEPT = storeExtras(0, CHECK_SECONDS);
const EXPTIME = KEPT.subarray(4);
/** An exptime of all ones: do not make the item. */
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

function hex(code: number): string {
  return `0x${code.toString(16).padStart(2, "0")}`;
}

function told(opcode: number): string {
  return `${hex(opcode)} was answered with`;
}

export function checkBinaryCommands(ask: Ask, prefix: string): Promise<readonly CheckedCommand[]> {
  return runChecks(new BinaryChecks(ask, prefix).all());
}

class BinaryChecks {
  private readonly keys: string[] = [];

  constructor(
    private readonly ask: Ask,
    private readonly prefix: string,
  ) {}

  all(): Check[] {
    const check = (name: string, run: (key: string) => Promise<void>): Check => ({
      name,
      run: () => run(this.key(name.replaceAll(" ", "_"))),
    });
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
        if (last.body?.extras.readUInt32BE(0) !== 0xffff_ffff) throw new WrongAnswer("get lost the flags");
      }),
      check("getk", async (key) => {
        await this.store(key, "v");
        const { last } = await this.expectReply({ opcode: OPCODE.getk, key }, STATUS.ok, "v");
        if (last.body?.key.toString("latin1") !== key)
          throw new WrongAnswer("getk answered with another key");
      }),
      check("getq", (key) => this.checkQuietGet(OPCODE.getq, key)),
      check("getkq", (key) => this.checkQuietGet(OPCODE.getkq, key)),
      check("setq", async (key) => {
        const quiet = { opcode: OPCODE.setq, key, value: Buffer.from("v"), extras: KEPT };
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
        const add = { opcode: OPCODE.addq, key, value: Buffer.from("v"), extras: KEPT };
        await this.expectNoReply(add);
        await this.complains(add, STATUS.exists);
      }),
      check("replaceq", async (key) => {
        const replace = { opcode: OPCODE.replaceq, key, value: Buffer.from("w"), extras: KEPT };
        await this.complains(replace, STATUS.notFound);
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
        await this.complains(remove, STATUS.notFound);
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
      { name: "keys removed afterwards", run: () => this.remove() },
    ];
  }

  private key(name: string): string {
    const key = `${this.prefix}${name}`;
    this.keys.push(key);
    return key;
  }

  /** Asks and holds the answer against what it should be. `first` leaves in front of it, unanswered. */
  private async expectReply(
    frame: Frame,
    status: number,
    value?: string | RegExp,
    first: readonly Frame[] = [],
  ): Promise<BinaryAnswer> {
    const answer = await this.ask([...first, frame]);
    const { last, before } = answer;
    const [extra] = before;
    const unknown = [...before, last].some((reply) => reply.status === STATUS.unknownCommand);
    if (unknown) throw new NotOffered(`${told(first[0]?.opcode ?? frame.opcode)} status 0x81`);
    if (extra !== undefined) throw new WrongAnswer(`${told(frame.opcode)} a frame more than should come`);
    if (last.status !== status) {
      throw new WrongAnswer(`${told(frame.opcode)} status ${hex(last.status)} instead of ${hex(status)}`);
    }
    const found = last.body?.value.toString("latin1") ?? "";
    if (value === undefined || (typeof value === "string" ? found === value : value.test(found)))
      return answer;
    throw new WrongAnswer(`${told(frame.opcode)} "${printable(found)}" instead of "${value}"`);
  }

  private async stores(opcode: number, key: string, value: string, status: number, flags = 0): Promise<void> {
    const extras = storeExtras(flags, CHECK_SECONDS);
    await this.expectReply({ opcode, key, value: Buffer.from(value), extras }, status);
  }

  private store(key: string, value: string, flags = 0): Promise<void> {
    return this.stores(OPCODE.set, key, value, STATUS.ok, flags);
  }

  private async joins(opcode: number, key: string, together: string): Promise<void> {
    const joined = { opcode, key, value: Buffer.from("b") };
    await this.expectReply(joined, STATUS.notStored);
    await this.store(key, "a");
    await this.expectReply(joined, STATUS.ok);
    await this.expectReply({ opcode: OPCODE.get, key }, STATUS.ok, together);
  }

  /** A quiet get says nothing of a miss, and its frame comes before that of the noop that follows. */
  private async checkQuietGet(opcode: number, key: string): Promise<void> {
    const quiet = { opcode, key };
    await this.expectNoReply(quiet);
    await this.store(key, "v");
    const { before } = await this.ask([quiet, NOOP]);
    const values = before.map((reply) => reply.body?.value.toString("latin1"));
    if (values.length !== 1 || values[0] !== "v") {
      throw new WrongAnswer(`${hex(opcode)} did not answer a hit with its value`);
    }
  }

  /** A quiet request that succeeds is not answered: only the noop behind it is. */
  private async expectNoReply(quiet: Frame): Promise<void> {
    const { before } = await this.ask([quiet, NOOP]);
    const [first] = before;
    if (first?.status === STATUS.unknownCommand) throw new NotOffered(`${told(quiet.opcode)} status 0x81`);
    if (first !== undefined) throw new WrongAnswer(`${told(quiet.opcode)} a frame more than should come`);
  }

  /** A quiet request that fails is answered all the same. */
  private async complains(quiet: Frame, status: number): Promise<void> {
    const { before } = await this.ask([quiet, NOOP]);
    const [first] = before;
    if (first?.status === STATUS.unknownCommand) throw new NotOffered(`${told(quiet.opcode)} status 0x81`);
    if (before.length === 1 && first?.status === status) return;
    const seen = first === undefined ? "nothing" : `status ${hex(first.status)}`;
    throw new WrongAnswer(`${told(quiet.opcode)} ${seen} instead of ${hex(status)}`);
  }

  private async joinsQuietly(opcode: number, key: string, together: string): Promise<void> {
    await this.store(key, "a");
    await this.expectNoReply({ opcode, key, value: Buffer.from("b") });
    await this.expectReply({ opcode: OPCODE.get, key }, STATUS.ok, together);
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
    const swap = { opcode: OPCODE.set, key, value: Buffer.from("w"), extras: KEPT, cas: last.cas };
    await this.expectReply(swap, STATUS.ok);
    await this.expectReply(swap, STATUS.exists);
    await this.expectReply({ opcode: OPCODE.get, key }, STATUS.ok, "w");
  }

  private async remove(): Promise<void> {
    for (const key of this.keys) {
      const { last } = await this.ask([{ opcode: OPCODE.delete, key }]);
      if (last.status === STATUS.unknownCommand) throw new NotOffered(`${told(OPCODE.delete)} status 0x81`);
      if (last.status !== STATUS.ok && last.status !== STATUS.notFound) {
        throw new WrongAnswer(`${told(OPCODE.delete)} status ${hex(last.status)}`);
      }
      await this.expectReply({ opcode: OPCODE.get, key }, STATUS.notFound);
    }
  }
}
