/** Checks the replies to text commands against memcached's `doc/protocol.txt`. Touches only its own keys. */

import { isAtLeast, parseVersion } from "@/lib/model/node/server-version";
import { printable } from "../connection/errors";
import type { CommandCheckResult } from "../contract";
import {
  CHECK_SECONDS,
  type Check,
  CheckKeys,
  NotOffered,
  runChecks,
  WrongAnswer,
} from "../inspect/command-checks";
import { MAX_KEY_BYTES } from "../key-bytes";
import { encodeCommand } from "./encoder";
import type { TextReply } from "./replies";

type Send = (request: Uint8Array) => Promise<TextReply>;

const TTL = String(CHECK_SECONDS);

/** A reply in one line: `VALUE k 5 1 = v; END`. */
function formatted({ line, values }: TextReply): string {
  const items = values.map(({ words, data }) => `${words.join(" ")} = ${data?.toString("latin1") ?? ""}`);
  return (values[0]?.words[0] === "VA" ? items : [...items, line]).join("; ");
}

export function checkTextCommands(send: Send, prefix: string): Promise<readonly CommandCheckResult[]> {
  return runChecks(new TextChecks(send, prefix).all());
}

class TextChecks {
  private readonly keys: CheckKeys;
  private version: string | null = null;

  constructor(
    private readonly send: Send,
    private readonly prefix: string,
  ) {
    this.keys = new CheckKeys(prefix);
  }

  all(): Check[] {
    const check: CheckKeys["check"] = (name, run) => this.keys.check(name, run);
    const meta = (name: string, run: (key: string) => Promise<void>) =>
      check(name, (key) => {
        // The meta commands of older versions differ: a data block could be parsed as a command.
        if (!isAtLeast(parseVersion(this.version), [1, 6, 9]))
          throw new NotOffered("requires memcached 1.6.9 or later");
        return run(key);
      });
    return [
      check("version", () => this.checkVersion()),
      check("set", (key) => this.store(key, "v")),
      check("get", async (key) => {
        await this.expectReply(["get", key], "END");
        await this.store(key, "v", "4294967295");
        await this.expectReply(["get", key], `VALUE ${key} 4294967295 1 = v; END`);
      }),
      check("get of several keys", async (key) => {
        const other = this.keys.add("another");
        await this.store(key, "1");
        await this.store(other, "2");
        const expected = `VALUE ${key} 0 1 = 1; VALUE ${other} 0 1 = 2; END`;
        await this.expectReply(["get", key, this.keys.add("none"), other], expected);
      }),
      check("gets", async (key) => {
        await this.store(key, "v");
        await this.casOf(key);
      }),
      check("gat", async (key) => {
        await this.store(key, "v");
        await this.expectReply(["gat", TTL, key], `VALUE ${key} 0 1 = v; END`);
      }),
      check("add", async (key) => {
        await this.stores("add", key, "v", "STORED");
        await this.stores("add", key, "w", "NOT_STORED");
      }),
      check("replace", async (key) => {
        await this.stores("replace", key, "v", "NOT_STORED");
        await this.store(key, "v");
        await this.stores("replace", key, "w", "STORED");
        await this.expectReply(["get", key], `VALUE ${key} 0 1 = w; END`);
      }),
      check("append", (key) => this.joins("append", key, "ab")),
      check("prepend", (key) => this.joins("prepend", key, "ba")),
      check("cas", (key) => this.checkCas(key)),
      check("incr", (key) => this.counts("incr", key, "18446744073709551614", "18446744073709551615")),
      check("decr", (key) => this.counts("decr", key, "1", "0")),
      check("touch", async (key) => {
        await this.expectReply(["touch", key, TTL], "NOT_FOUND");
        await this.store(key, "v");
        await this.expectReply(["touch", key, TTL], "TOUCHED");
      }),
      check("delete", async (key) => {
        await this.expectReply(["delete", key], "NOT_FOUND");
        await this.store(key, "v");
        await this.expectReply(["delete", key], "DELETED");
        await this.expectReply(["get", key], "END");
      }),
      check("noreply", (key) => this.checkNoreply(key)),
      check("negative exptime", async (key) => {
        await this.expectReply(["set", key, "0", "-1", "1"], "STORED", "v");
        await this.expectReply(["get", key], "END");
      }),
      check("key of 250 bytes", async () => {
        const long = this.keys.add("long", MAX_KEY_BYTES);
        await this.store(long, "v");
        await this.expectReply(["get", long], `VALUE ${long} 0 1 = v; END`);
      }),
      meta("mn", async () => {
        await this.expectReply(["mn"], "MN");
      }),
      meta("ms", (key) => this.metaStores(key)),
      meta("mg", async (key) => {
        await this.expectReply(["mg", key, "v"], "EN");
        await this.metaStores(key);
        await this.expectReply(["mg", key, "f", "s", "v"], "VA 1 f5 s1 = v");
      }),
      meta("md", async (key) => {
        await this.expectReply(["md", key], "NF");
        await this.metaStores(key);
        await this.expectReply(["md", key], "HD");
      }),
      meta("ma", async (key) => {
        await this.expectReply(["ma", key], "NF");
        await this.expectReply(["ms", key, "1", `T${TTL}`], "HD", "7");
        await this.expectReply(["ma", key, "v"], "VA 1 = 8");
      }),
      meta("me", async (key) => {
        await this.expectReply(["me", key], "EN");
        await this.metaStores(key);
        await this.expectReply(["me", key], /^ME /);
      }),
      meta("base64 keys", async (key) => {
        const encoded = Buffer.from(key).toString("base64");
        await this.expectReply(["ms", encoded, "1", "b", `T${TTL}`], "HD", "v");
        await this.expectReply(["get", key], `VALUE ${key} 0 1 = v; END`);
      }),
      { name: "keys removed afterwards", run: () => this.remove() },
    ];
  }

  /** Sends the command and compares the reply. `quiet`: commands without a reply, sent before it. */
  private async expectReply(
    words: readonly string[],
    expected: string | RegExp,
    data?: string,
    quiet?: Uint8Array,
  ): Promise<TextReply> {
    const request = encodeCommand(words, data);
    const reply = await this.send(quiet === undefined ? request : Buffer.concat([quiet, request]));
    const received = formatted(reply);
    if (typeof expected === "string" ? received === expected : expected.test(received)) return reply;
    const command = words[0] ?? "";
    if (reply.refusal?.kind === "unknownCommand") throw new NotOffered(`${command}: ERROR`);
    const pattern = typeof expected === "string" ? expected : expected.source;
    const [actual, target] = [received, pattern].map((text) => printable(text.replaceAll(this.prefix, "…")));
    throw new WrongAnswer(`${command}: received "${actual}", expected "${target}"`);
  }

  private async checkVersion(): Promise<void> {
    const { line } = await this.expectReply(["version"], /^VERSION \S+/);
    this.version = line.slice(8);
  }

  private async stores(
    command: string,
    key: string,
    value: string,
    expected: string,
    flags = "0",
  ): Promise<void> {
    await this.expectReply([command, key, flags, TTL, String(value.length)], expected, value);
  }

  private store(key: string, value: string, flags = "0"): Promise<void> {
    return this.stores("set", key, value, "STORED", flags);
  }

  private async metaStores(key: string): Promise<void> {
    await this.expectReply(["ms", key, "1", "F5", `T${TTL}`], "HD", "v");
  }

  private async joins(command: string, key: string, joined: string): Promise<void> {
    await this.stores(command, key, "b", "NOT_STORED");
    await this.store(key, "a");
    await this.stores(command, key, "b", "STORED");
    await this.expectReply(["get", key], `VALUE ${key} 0 2 = ${joined}; END`);
  }

  private async counts(command: string, key: string, from: string, to: string): Promise<void> {
    await this.expectReply([command, key, "1"], "NOT_FOUND");
    await this.store(key, "text");
    await this.expectReply([command, key, "1"], /^CLIENT_ERROR /);
    await this.store(key, from);
    await this.expectReply([command, key, "1"], to);
  }

  private async casOf(key: string): Promise<string> {
    const { values } = await this.expectReply(["gets", key], /^VALUE \S+ 0 1 \d+ = v; END$/);
    return values[0]?.words[4] ?? "";
  }

  private async checkCas(key: string): Promise<void> {
    await this.expectReply(["cas", key, "0", TTL, "1", "1"], "NOT_FOUND", "v");
    await this.store(key, "v");
    const unique = await this.casOf(key);
    await this.expectReply(["cas", key, "0", TTL, "1", unique], "STORED", "w");
    await this.expectReply(["cas", key, "0", TTL, "1", unique], "EXISTS", "x");
    await this.expectReply(["get", key], `VALUE ${key} 0 1 = w; END`);
  }

  /** Commands without a reply, and their combined effect on the item. */
  private async checkNoreply(key: string): Promise<void> {
    const stores = (command: string, value: string) =>
      encodeCommand([command, key, "0", TTL, String(value.length), "noreply"], value);
    const quiet = Buffer.concat([
      stores("set", "5"),
      encodeCommand(["incr", key, "3", "noreply"]),
      encodeCommand(["decr", key, "1", "noreply"]),
      stores("append", "0"),
      stores("prepend", "1"),
      stores("add", "not stored"),
    ]);
    await this.expectReply(["get", key], `VALUE ${key} 0 3 = 170; END`, undefined, quiet);
    const changed = Buffer.concat([stores("replace", "w"), encodeCommand(["touch", key, TTL, "noreply"])]);
    await this.expectReply(["get", key], `VALUE ${key} 0 1 = w; END`, undefined, changed);
    await this.expectReply(["get", key], "END", undefined, encodeCommand(["delete", key, "noreply"]));
  }

  private async remove(): Promise<void> {
    for (const key of this.keys.all) {
      await this.expectReply(["delete", key], /^(DELETED|NOT_FOUND)$/);
      await this.expectReply(["get", key], "END");
    }
  }
}
