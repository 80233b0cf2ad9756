/**
 * Tries the commands of a node's protocol on keys of our own and tells which it answers rightly. Unlike memcapable it
 * never flushes, never touches anybody else's key, and leaves nothing behind.
 */
import { randomBytes } from "node:crypto";
import type { ActionDefinition } from "../contract";
import { readGeneralStats } from "./node-stats";

export const capabilityCheck: ActionDefinition<"capability_check"> = {
  kind: "capability_check",
  capability: () => null,
  deadlineMs: () => 60_000,
  async run({ client }) {
    const dialogue = await client.openSession();
    try {
      const rows = await dialogue.check(`memfleet:check:${randomBytes(6).toString("hex")}:`);
      const general = await readGeneralStats(client);
      const count = (verdict: string) => rows.filter((row) => row.verdict === verdict).length;
      const after = {
        passed: count("passed"),
        failed: count("failed"),
        notOffered: count("notOffered"),
        tried: rows.length,
        cmdFlush: general("cmd_flush"),
      };
      const wrong = rows.filter(({ verdict }) => verdict === "failed").map(({ name }) => name);
      const told = `${after.passed} of ${after.tried} checks of the ${dialogue.protocol} protocol passed`;
      const lacking = after.notOffered === 0 ? "" : `, ${after.notOffered} not offered`;
      const failing = wrong.length === 0 ? "" : `; wrong: ${wrong.join(", ")}`;
      return {
        verified: wrong.length === 0,
        detail: `${told}${lacking}${failing}`,
        before: null,
        after,
        rows,
      };
    } finally {
      dialogue.close();
    }
  },
};
