import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { flushCommands } from "@/lib/catalogue/commands";
import { independentStats } from "../../servers/independent-stats";
import { type MemcachedMode, type MemcachedServer, startMemcached } from "../../servers/memcached";

let server: MemcachedServer | null = null;

afterEach(async () => {
  await server?.stop();
  server = null;
});

const MODES: readonly MemcachedMode[] = ["plain", "unix", "authfile", "sasl", "tls"];

describe("the shell commands of a flush", () => {
  for (const mode of MODES) {
    it(`each flush a real ${mode} node once`, async () => {
      server = await startMemcached({ mode });
      const { endpoint } = server;
      const { credentials, tls } = endpoint;
      const commands = flushCommands({
        id: endpoint.id,
        auth: credentials?.kind ?? "none",
        tls: tls !== null,
      });
      expect(commands.length).toBeGreaterThan(0);
      const counted = async () => {
        const stats = await independentStats(endpoint, mode === "sasl" ? "binary" : "text");
        return Number(stats.get("cmd_flush"));
      };
      for (const command of commands) {
        const before = await counted();
        await promisify(execFile)("sh", ["-c", command], {
          timeout: 10_000,
          env: {
            ...process.env,
            MEMCACHED_USER: credentials?.username ?? "",
            MEMCACHED_PASSWORD: credentials?.password ?? "",
          },
        });
        expect([command, await counted()]).toEqual([command, before + 1]);
      }
    });
  }
});
