/** `verbosity` on one node: how much it writes to its log. Higher levels write every command, with its keys. */

import type { ActionDefinition, Target } from "../contract";
import { change, readGroupStats } from "./node-stats";

export const setVerbosity: ActionDefinition<"set_verbosity"> = {
  kind: "set_verbosity",
  capability: () => "verbosity",
  deadlineMs: () => 30_000,
  async run(target, { level }) {
    const before = await readVerbosity(target);
    const answer = await target.client.tune({ command: "verbosity", level });
    const after = await readVerbosity(target);
    const told = `${answer}; verbosity ${change(before.verbosity, after.verbosity)}`;
    if (after.verbosity !== level)
      return { before, after, verified: false, detail: `${told}, asked for ${level}` };
    const warning =
      level === 0
        ? ""
        : "; it now writes what its clients do to its log: set it back to 0 when you have seen enough";
    return { before, after, verified: true, detail: `${told}${warning}` };
  },
};

async function readVerbosity({ client }: Target): Promise<{ verbosity: number | null }> {
  const read = await readGroupStats(client, "settings");
  return { verbosity: read("verbosity") };
}
