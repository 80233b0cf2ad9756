/** Checks the replies to text commands against memcached's `doc/protocol.txt`. Touches only its own keys. */

import { isAtLeast, isKnownBefore, parseVersion, type ServerVersion } from "@/lib/model/node/server-version";
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
import { MAX_KEY_BYTES } from "../key-bytes";
import { encodeCommand } from "./encoder";
import type { TextReply } from "./replies";

interface Sender {
  send(request: Uint8Array): Promise<TextReply>;
  /** Requests of which only the last must have a reply; resolves with all replies. */
  sendAll(requests: Uint8Array): Promise<readonly TextReply[]>;
}

/** What a command needs, beyond what every version has. */
const TOUCH_SINCE: ServerVersion = [1, 4, 8];
const GAT_SINCE: ServerVersion = [1, 5, 3];
/** The meta commands of older versions differ: a data block could be parsed as a command. */
const META_SINCE: ServerVersion = [1, 6, 10];
/** Older versions print flags as a signed number. */
const UNSIGNED_FLAGS_SINCE: ServerVersion = [1, 5, 0];

const TTL = String(CHECK_SECONDS);

/** A reply in one line: `VALUE k 5 1 = v; END`. */
function formatted({ line, values }: TextReply): string {
  const items = values.map(({ words, data }) => `${words.join(" ")} = ${data?.toString("latin1") ?? ""}`);
  return (values[0]?.words[0] === "VA" ? items : [...items, line]).join("; ");
}

/** `sender` as a function sends requests that all have a reply. */
export function checkTextCommands(
  sender: Sender | Sender["send"],
  prefix: string,
  options: CheckOptions = {},
): Promise<readonly CommandCheckResult[]> {
  const both =
    typeof sender === "function"
      ? { send: sender, sendAll: async (requests: Uint8Array) => [await sender(requests)] }
      : sender;
  const checks = new TextChecks(both, prefix, options.isProxy === true);
  return runChecks(checks.all(), () => checks.remove(), deletionElsewhere(checks.keys, options));
}

class TextChecks {
  readonly keys: CheckKeys;
  private version: ServerVersion | null = null;

  constructor(
    private readonly sender: Sender,
    private readonly prefix: string,
    private readonly isProxy: boolean,
  ) {
    this.keys = new CheckKeys(prefix);
  }

  all(): Check[] {
    const check: CheckKeys["check"] = (name, run) => this.keys.check(name, run);
    const newer = (name: string, required: ServerVersion, run: (key: string) => Promise<void>) =>
      check(name, async (key) => {
        this.require(required);
        await run(key);
      });
    const meta = (name: string, run: (key: string) => Promise<void>) => newer(name, META_SINCE, run);
    return [
      check("version", () => this.checkVersion()),
      check("set", (key) => this.store(key, "v")),
      check("get", async (key) => {
        await this.expectReply(["get", key], "END");
        await this.store(key, "v", "4294967295");
        const signed = isKnownBefore(this.version, UNSIGNED_FLAGS_SINCE);
        await this.expectReply(["get", key], `VALUE ${key} ${signed ? "-1" : "4294967295"} 1 = v; END`);
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
      newer("gat", GAT_SINCE, async (key) => {
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
      newer("touch", TOUCH_SINCE, async (key) => {
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
    ];
  }

  /** Throws `NotOffered` for what this node does not have, or could take for something else. */
  private require(required: ServerVersion): void {
    if (this.isProxy) throw new NotOffered("not tried: a proxy can close the connection on it");
    // Without a data block, a server of an unknown version only rejects what it does not have.
    const tried = this.version === null && required !== META_SINCE;
    if (!tried && !isAtLeast(this.version, required))
      throw new NotOffered(`requires memcached ${required.join(".")} or later`);
  }

  /** Sends the command and compares the reply. `quiet`: commands without a reply, sent before it. */
  private async expectReply(
    words: readonly string[],
    expected: string | RegExp,
    data?: string,
    quiet?: Uint8Array,
  ): Promise<TextReply> {
    const request = encodeCommand(words, data);
    const reply =
      quiet === undefined ? await this.sender.send(request) : await this.replyAfter(quiet, request);
    const received = formatted(reply);
    if (typeof expected === "string" ? received === expected : expected.test(received)) return reply;
    const command = words[0] ?? "";
    if (reply.refusal?.kind === "unknownCommand") throw new NotOffered(`${command}: ERROR`);
    const pattern = typeof expected === "string" ? expected : expected.source;
    const [actual, target] = [received, pattern].map((text) => printable(text.replaceAll(this.prefix, "…")));
    throw new WrongAnswer(`${command}: received "${actual}", expected "${target}"`);
  }

  /** The only reply: a quiet command has one only when it is refused. */
  private async replyAfter(quiet: Uint8Array, request: Uint8Array): Promise<TextReply> {
    const replies = await this.sender.sendAll(Buffer.concat([quiet, request]));
    const [first] = replies;
    if (first === undefined) throw new WrongAnswer("noreply: no reply to the command after it");
    if (replies.length === 1) return first;
    if (first.refusal?.kind === "unknownCommand") throw new NotOffered("noreply: ERROR");
    const received = printable(formatted(first).replaceAll(this.prefix, "…"));
    throw new WrongAnswer(`noreply: received "${received}", expected no reply`);
  }

  private async checkVersion(): Promise<void> {
    const { line } = await this.expectReply(["version"], /^VERSION \S+/);
    this.version = parseVersion(line.slice(8));
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
    // A version without touch rejects it in spite of noreply.
    const touch = !this.isProxy && isAtLeast(this.version, TOUCH_SINCE);
    const touched = touch ? [encodeCommand(["touch", key, TTL, "noreply"])] : [];
    const changed = Buffer.concat([stores("replace", "w"), ...touched]);
    await this.expectReply(["get", key], `VALUE ${key} 0 1 = w; END`, undefined, changed);
    await this.expectReply(["get", key], "END", undefined, encodeCommand(["delete", key, "noreply"]));
  }

  async remove(): Promise<void> {
    for (const key of this.keys.all) {
      await this.expectReply(["delete", key], /^(DELETED|NOT_FOUND)$/);
      await this.expectReply(["get", key], "END");
    }
  }
}
