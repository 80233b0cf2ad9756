"use client";
import { useEffect, useState } from "react";

const RECHOOSE_MS = 60_000;

/**
 * The top nodes change with every poll, and a chart whose lines change every second cannot be read. So they
 * are selected once a minute, and when the scope of the page changes.
 */
export function useStickySelection(choose: () => string[], scopeKey: string): string[] {
  const [chosen, setChosen] = useState(choose);
  const [key, setKey] = useState(scopeKey);
  if (key !== scopeKey) {
    setKey(scopeKey);
    setChosen(choose());
  }
  const [minute, setMinute] = useState(0);
  const [chosenAt, setChosenAt] = useState(0);
  if (minute !== chosenAt) {
    setChosenAt(minute);
    setChosen(choose());
  }
  useEffect(() => {
    const timer = setInterval(() => setMinute((count) => count + 1), RECHOOSE_MS);
    return () => clearInterval(timer);
  }, []);
  return chosen;
}
