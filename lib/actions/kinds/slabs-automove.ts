/** `slabs automove` on one node: 0 moves no slab page by itself, 1 slowly, 2 at every eviction. */

import type { ActionDefinition, Target } from "../contract";
import { change, readGroupStats } from "./node-stats";

export const slabsAutomove: ActionDefinition<"slabs_automove"> = {
  kind: "slabs_automove",
  capability: () => "slabs_automove",
  deadlineMs: () => 30_000,
  async run(target, { mode }) {
    const before = await readAutomove(target);
    const answer = await target.client.tune({ command: "slabs automove", mode });
    const after = await readAutomove(target);
    const told = `${answer}; slab_automove ${change(before.slabAutomove, after.slabAutomove)}`;
    if (after.slabAutomove !== mode)
      return { before, after, verified: false, detail: `${told}, asked for ${mode}` };
    const warning = mode === 2 ? "; 2 moves a page at every eviction: for repairs, not to stay" : "";
    return { before, after, verified: true, detail: `${told}${warning}` };
  },
};

async function readAutomove({ client }: Target): Promise<{ slabAutomove: number | null }> {
  const read = await readGroupStats(client, "settings");
  return { slabAutomove: read("slab_automove") };
}
