/** `slabs automove` on one node: 0 moves no slab page by itself, 1 slowly, 2 at every eviction. */
import type { ActionDefinition } from "../contract";
import { changeSetting } from "./change-setting";

export const slabsAutomove: ActionDefinition<"slabs_automove"> = {
  kind: "slabs_automove",
  capability: () => "slabs_automove",
  deadlineMs: () => 30_000,
  run: (target, { mode }) =>
    changeSetting(target, { command: "slabs automove", mode }, "slab_automove", "slabAutomove", mode, {
      warning: mode === 2 ? "mode 2 moves a page at every eviction; use it for repairs only" : null,
    }),
};
