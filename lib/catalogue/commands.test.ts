import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CommandTarget, flushCommands, groupCommands, quoted, valueCommand } from "./commands";
import { STATS_GROUPS } from "./stats-groups";

const plain: CommandTarget = { id: "10.0.0.5:11211", auth: "none", tls: false };

describe("the shell commands of a panel", () => {
  it("reads a plain node in three ways", () => {
    expect(groupCommands(plain, "general")).toEqual([
      "printf 'stats\\r\\nquit\\r\\n' | nc -w 3 10.0.0.5 11211",
      "memcached-tool 10.0.0.5:11211 stats",
      "memcstat --servers=10.0.0.5:11211",
    ]);
  });

  it("names the group, and omits memcached-tool where it does not support it", () => {
    expect(groupCommands(plain, "conns")).toEqual([
      "printf 'stats conns\\r\\nquit\\r\\n' | nc -w 3 10.0.0.5 11211",
      "memcstat --servers=10.0.0.5:11211 conns",
    ]);
    expect(groupCommands(plain, "slabs")[1]).toBe("memcached-tool 10.0.0.5:11211 display");
  });

  it("does not offer memcached-tool for IPv6, which it cannot reach", () => {
    expect(groupCommands({ ...plain, id: "[::1]:11211" }, "general")).toEqual([
      "printf 'stats\\r\\nquit\\r\\n' | nc -w 3 ::1 11211",
      "memcstat --servers='[::1]:11211'",
    ]);
  });

  it("reaches a unix socket", () => {
    expect(groupCommands({ ...plain, id: "unix:/run/my cache.sock" }, "settings")).toEqual([
      "printf 'stats settings\\r\\nquit\\r\\n' | nc -w 3 -U '/run/my cache.sock'",
      "memcached-tool '/run/my cache.sock' settings",
      "memcstat --servers='/run/my cache.sock' settings",
    ]);
  });

  it("signs in by SASL with the binary protocol only", () => {
    expect(groupCommands({ ...plain, auth: "sasl" }, "items")).toEqual([
      'memcstat --servers=10.0.0.5:11211 --binary --username="$MEMCACHED_USER" --password="$MEMCACHED_PASSWORD" items',
    ]);
    expect(groupCommands({ ...plain, auth: "sasl", tls: true }, "items")).toEqual([]);
  });

  it("uses TLS through openssl", () => {
    expect(groupCommands({ ...plain, tls: true }, "general")).toEqual([
      "printf 'stats\\r\\nquit\\r\\n' | openssl s_client -quiet -connect 10.0.0.5:11211",
    ]);
    expect(groupCommands({ ...plain, id: "[::1]:11211", tls: true }, "general")).toEqual([
      "printf 'stats\\r\\nquit\\r\\n' | openssl s_client -quiet -connect '[::1]:11211'",
    ]);
  });

  it("writes an authfile login whose length counts the bytes of user and password", () => {
    const [command = ""] = groupCommands({ ...plain, auth: "ascii" }, "general");
    const sent = execFileSync("sh", ["-c", command.replace(/ \| nc .*$/, "")], {
      env: { ...process.env, MEMCACHED_USER: "bob", MEMCACHED_PASSWORD: "pässwort 100%" },
    }).toString();
    expect(sent).toBe("set auth 0 0 18\r\nbob pässwort 100%\r\nstats\r\nquit\r\n");
  });

  it("never contains a secret, only the names of variables", () => {
    for (const auth of ["sasl", "ascii"] as const) {
      for (const group of STATS_GROUPS) {
        for (const command of groupCommands({ ...plain, auth }, group)) {
          expect(command).toContain("$MEMCACHED_PASSWORD");
        }
      }
    }
  });

  it("flushes a node in two ways, and a protected one without its secret", () => {
    expect(flushCommands(plain)).toEqual([
      "printf 'flush_all\\r\\nquit\\r\\n' | nc -w 3 10.0.0.5 11211",
      "memcflush --servers=10.0.0.5:11211",
    ]);
    expect(flushCommands({ ...plain, auth: "sasl" })).toEqual([
      'memcflush --servers=10.0.0.5:11211 --binary --username="$MEMCACHED_USER" --password="$MEMCACHED_PASSWORD"',
    ]);
    expect(flushCommands({ ...plain, auth: "sasl", tls: true })).toEqual([]);
    expect(flushCommands({ ...plain, auth: "ascii" })).toHaveLength(1);
  });

  it("reads a single value from Memfleet", () => {
    expect(valueCommand("http://127.0.0.1:3000", "%5B%3A%3A1%5D%3A11211", "general", "get_hits")).toBe(
      "curl -fsS http://127.0.0.1:3000/api/v1/nodes/%5B%3A%3A1%5D%3A11211/stats/general/get_hits",
    );
  });

  it("quotes any word so that a shell reads it back unchanged", () => {
    const words = fc.string({ unit: "grapheme", maxLength: 40 }).filter((word) => !word.includes("\0"));
    fc.assert(
      fc.property(
        fc.oneof(words, fc.constantFrom("'", "$(id)", "a'b", "`id`", "", "--x", "\n", "!!")),
        (word) => {
          expect(execFileSync("sh", ["-c", `printf %s ${quoted(word)}`]).toString()).toBe(word);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("executes no part of a node's name", () => {
    const hostile = "unix:/tmp/$(touch x)';`id`";
    for (const command of groupCommands({ ...plain, id: hostile }, "general")) {
      expect(command).toContain("'/tmp/$(touch x)'\\'';`id`'");
    }
  });
});
