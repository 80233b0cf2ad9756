/**
 * Tries the commands of a node's protocol on its own keys, and reports which the node answers correctly. Unlike
 * memcapable it never flushes, never touches another key, and leaves no key behind.
 */
import { randomBytes } from "node:crypto";
import type { ActionDefinition, Target } from "../contract";
import { readGeneralStats } from "./node-stats";

export const capabilityCheck: ActionDefinition<"capability_check"> = {
  kind: "capability_check",
  capability: () => null,
  deadlineMs: () => 60_000,
  async run({ client }) {
    const session = await client.openSession();
    try {
      const rows = await session.check(`memfleet:check:${randomBytes(6).toString("hex")}:`, {
        isProxy: client.capabilities().proxy !== null,
        deleteElsewhere: (keys) => deleteKeys(client, keys),
      });
      const general = await readGeneralStats(client);
      const count = (verdict: string) => rows.filter((row) => row.verdict === verdict).length;
      const after = {
        passed: count("passed"),
        failed: count("failed"),
        notOffered: count("notOffered"),
        notTried: count("notTried"),
        tried: rows.length,
        cmdFlush: general("cmd_flush"),
      };
      const failed = rows.filter(({ verdict }) => verdict === "failed").map(({ name }) => name);
      const passed = `${after.passed} of ${after.tried} checks of the ${session.protocol} protocol passed`;
      const notOffered = after.notOffered === 0 ? "" : `, ${after.notOffered} not offered`;
      const notTried = after.notTried === 0 ? "" : `, ${after.notTried} not tried`;
      const failures = failed.length === 0 ? "" : `; failed: ${failed.join(", ")}`;
      const detail = `${passed}${notOffered}${notTried}${failures}`;
      return { verified: failed.length === 0, detail, before: null, after, rows };
    } finally {
      session.close();
    }
  },
};

/** Over a connection of its own: the one that stored them has ended. */
async function deleteKeys(client: Target["client"], keys: readonly string[]): Promise<void> {
  const session = await client.openSession();
  try {
    for (const key of keys) await session.delete(key);
  } finally {
    session.close();
  }
}
