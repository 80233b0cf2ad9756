/** The names that proxies and identity providers give people. */
import { escapeHidden } from "@/lib/model/hidden-characters";

const LONGEST = 100;

/** The name as it is shown and stored: bounded, and without characters that hide or reorder text. */
export function shownName(name: string): string {
  const characters = [...escapeHidden(name.trim())];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join("")}…` : characters.join("");
}
