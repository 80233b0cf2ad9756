/** Every action. */
import type { ActionKind } from "@/lib/model/action";
import type { ActionDefinition } from "./contract";
import { flushAll } from "./flush-all";

export const ACTIONS: Readonly<Record<ActionKind, ActionDefinition>> = { flush_all: flushAll };
