/** Going through the commands of a node, whatever its protocol. */
import { NodeError } from "@/lib/model/errors";
import type { CheckedCommand } from "../contract";

/** Thrown inside a check: the node does not know the command. */
export class NotOffered extends Error {
  override readonly name = "NotOffered";
}

/** Thrown inside a check: the node answered otherwise than it should. Its message is bounded and printable. */
export class WrongAnswer extends Error {
  override readonly name = "WrongAnswer";
}

/** One command: throws `NotOffered` or `WrongAnswer`. */
export interface Check {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** What a key that was stored for a check lives at most, in seconds: it vanishes even if nobody deletes it. */
export const CHECK_SECONDS = 60;

/** Runs the checks one after the other. Once the connection has ended, the rest has failed with it. */
export async function runChecks(checks: readonly Check[]): Promise<readonly CheckedCommand[]> {
  const rows: CheckedCommand[] = [];
  let ended: NodeError | null = null;
  for (const { name, run } of checks) {
    if (ended !== null) {
      rows.push({ name, verdict: "failed", detail: `not tried: the connection had ended (${ended.reason})` });
      continue;
    }
    try {
      await run();
      rows.push({ name, verdict: "passed", detail: null });
    } catch (error) {
      if (error instanceof NotOffered) rows.push({ name, verdict: "notOffered", detail: error.message });
      else if (error instanceof WrongAnswer) rows.push({ name, verdict: "failed", detail: error.message });
      else if (error instanceof NodeError) {
        ended = error;
        rows.push({ name, verdict: "failed", detail: `the connection ended (${error.reason})` });
      } else throw error;
    }
  }
  return rows;
}
