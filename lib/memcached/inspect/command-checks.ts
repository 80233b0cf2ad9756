/** Runs the checks of a node's commands, whatever its protocol. */

import { NodeError } from "@/lib/model/errors";
import { REASONS } from "@/lib/model/node/reasons";
import type { CheckOptions, CommandCheckResult } from "../contract";

/** Thrown by a check: the node does not have the command. */
export class NotOffered extends Error {
  override readonly name = "NotOffered";
}

/** Thrown by a check: the reply is not the expected one. Its message is bounded and printable. */
export class WrongAnswer extends Error {
  override readonly name = "WrongAnswer";
}

/** For `runChecks`; null when there is no other connection. */
export function deletionElsewhere(
  keys: CheckKeys,
  { deleteElsewhere }: CheckOptions,
): (() => Promise<void>) | null {
  return deleteElsewhere === undefined ? null : () => deleteElsewhere(keys.all);
}

/** One command: throws `NotOffered` or `WrongAnswer`. */
export interface Check {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** Lifetime of the keys of a check, in seconds: they expire even if they are not deleted. */
export const CHECK_SECONDS = 60;

/** The keys of a run of checks. They begin with `prefix`, and are recorded so that they can be deleted. */
export class CheckKeys {
  private readonly keys: string[] = [];

  constructor(private readonly prefix: string) {}

  get all(): readonly string[] {
    return this.keys;
  }

  add(name: string, length = 0): string {
    const key = `${this.prefix}${name}`.padEnd(length, "x");
    this.keys.push(key);
    return key;
  }

  /** A check with its own key. */
  check(name: string, run: (key: string) => Promise<void>): Check {
    return { name, run: () => run(this.add(name.replaceAll(" ", "_"))) };
  }
}

/**
 * Runs the checks one after the other, and removes their keys. After the connection ended, the remaining checks are not
 * tried, and the keys are deleted over another connection.
 */
export async function runChecks(
  checks: readonly Check[],
  remove: () => Promise<void>,
  deleteElsewhere: (() => Promise<void>) | null,
): Promise<readonly CommandCheckResult[]> {
  const rows: CommandCheckResult[] = [];
  let ended: NodeError | null = null;
  const removal = { name: "keys removed afterwards", run: remove };
  for (const check of [...checks, removal]) {
    const { name } = check;
    const run = ended !== null && check === removal ? deleteElsewhere : check.run;
    if (run === null || (ended !== null && check !== removal)) {
      const reason = ended === null ? "" : REASONS[ended.reason].en;
      rows.push({ name, verdict: "notTried", detail: `skipped: the connection was closed (${reason})` });
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
        rows.push({ name, verdict: "failed", detail: `connection closed (${REASONS[error.reason].en})` });
      } else throw error;
    }
  }
  return rows;
}
