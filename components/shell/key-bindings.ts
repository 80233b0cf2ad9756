/** What a key press means. Pure. */

export type Command = "palette" | "help" | "search" | "fleet" | "diagnostics";

/** The part of a `KeyboardEvent` that decides. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly target: EventTarget | null;
}

interface Reading {
  readonly command: Command | null;
  /** The first key of a two-key command; to be passed with the next press. */
  readonly pending: string | null;
}

/** The second key after `g`. */
const GO: Readonly<Record<string, Command>> = { f: "fleet", d: "diagnostics" };

const NOTHING: Reading = { command: null, pending: null };

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Ctrl/Cmd-K everywhere; single keys only outside text fields. `before`: `pending` of the last press. */
export function readKey(press: KeyPress, before: string | null): Reading {
  if ((press.ctrlKey || press.metaKey) && press.key.toLowerCase() === "k")
    return { command: "palette", pending: null };
  if (press.ctrlKey || press.metaKey || press.altKey || isTyping(press.target)) return NOTHING;
  if (before === "g") return { command: GO[press.key] ?? null, pending: null };
  if (press.key === "/") return { command: "search", pending: null };
  if (press.key === "?") return { command: "help", pending: null };
  return press.key === "g" ? { command: null, pending: "g" } : NOTHING;
}
