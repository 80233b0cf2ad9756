/** Every action. */
import type { ActionKind } from "@/lib/model/action-kinds";
import type { ActionDefinition } from "./contract";
import { flushAll } from "./flush-all";

export const ACTIONS: { readonly [Kind in ActionKind]?: ActionDefinition<Kind> } = {
  flush_all: flushAll,
};
