"use client";
/**
 * The user's theme, stored in the browser for all tabs. `data-theme` of the document is what
 * the styles go by; `ThemeScript` sets it before the first paint.
 */
import { useSyncExternalStore } from "react";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "theme";
const DARK = "(prefers-color-scheme: dark)";

/** Used when the browser refuses storage. */
let unstored: Theme = "system";
const listeners = new Set<() => void>();

function chosen(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === stored) ?? unstored;
  } catch {
    return unstored;
  }
}

function apply(): void {
  const theme = chosen();
  const shown = theme === "system" ? (matchMedia(DARK).matches ? "dark" : "light") : theme;
  document.documentElement.setAttribute("data-theme", shown);
  for (const listener of listeners) listener();
}

export function chooseTheme(theme: Theme): void {
  unstored = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage is unavailable: the theme applies to this page only.
  }
  apply();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The choice; the server, which cannot know it, renders the default. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, chosen, () => "system");
}

/** Keeps the document in the theme chosen here or in another tab, or the system's. Returns how to stop. */
export function followTheme(): () => void {
  const system = matchMedia(DARK);
  const onStorage = ({ key }: StorageEvent) => {
    if (key === KEY || key === null) apply();
  };
  apply();
  system.addEventListener("change", apply);
  addEventListener("storage", onStorage);
  return () => {
    system.removeEventListener("change", apply);
    removeEventListener("storage", onStorage);
  };
}
