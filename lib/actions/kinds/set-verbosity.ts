/** `verbosity` on one node: how much it writes to its log. Higher levels log every command, with its keys. */
import type { ActionDefinition } from "../contract";
import { changeSetting } from "./change-setting";

export const setVerbosity: ActionDefinition<"set_verbosity"> = {
  kind: "set_verbosity",
  capability: () => "verbosity",
  deadlineMs: () => 30_000,
  run: (target, { level }) =>
    changeSetting(target, { command: "verbosity", level }, "verbosity", "verbosity", level, {
      warning: level === 0 ? null : "client commands are now logged; set it back to 0 when done",
    }),
};
