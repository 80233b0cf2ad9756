/** Whether a node takes text commands at all: findings about them do not apply to one that takes none. Pure. */
import type { ProbeTarget, SharedStats } from "./contract";

/** Whether the settings rule text commands out. A server with SASL (`-S`) reports the binary protocol too. */
export function settingsExcludeText(settings: SharedStats["settings"]): boolean {
  return settings?.get("binding_protocol") === "binary";
}

/** The same for a node that does not report its settings, from the protocol that was detected. */
export function excludesText(
  settings: SharedStats["settings"],
  { view, node }: Pick<ProbeTarget, "view" | "node">,
): boolean {
  if (settings !== null) return settingsExcludeText(settings);
  return view.protocol === "binary" && node.endpoint.protocol === "auto";
}
