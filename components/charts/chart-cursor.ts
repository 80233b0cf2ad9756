"use client";
/**
 * The instant under the cursor, shared by the charts of one group: hovering one marks it in the others. It
 * lives outside React's tree, so that moving the pointer does not redraw the charts.
 */
import { useCallback, useSyncExternalStore } from "react";

export interface Cursor {
  /** Unix milliseconds; null while nothing is pointed at. */
  readonly atMs: number | null;
  /** The chart under the pointer: only that one shows values beside the pointer. */
  readonly chart: string | null;
}

const NOWHERE: Cursor = { atMs: null, chart: null };

interface Group {
  cursor: Cursor;
  readonly listeners: Set<() => void>;
}

const groups = new Map<string, Group>();

function groupOf(name: string): Group {
  let group = groups.get(name);
  if (!group) {
    group = { cursor: NOWHERE, listeners: new Set() };
    groups.set(name, group);
  }
  return group;
}

/** Moves the cursor of a group; null takes it away. */
export function moveCursor(name: string, chart: string, atMs: number | null): void {
  const group = groupOf(name);
  if (group.cursor.atMs === atMs && group.cursor.chart === chart) return;
  group.cursor = atMs === null ? NOWHERE : { atMs, chart };
  for (const listener of group.listeners) listener();
}

/** The cursor of a group. A group lives as long as the page: there are a handful of names. */
export function useCursor(name: string): Cursor {
  const subscribe = useCallback(
    (listener: () => void) => {
      const { listeners } = groupOf(name);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    [name],
  );
  return useSyncExternalStore(
    subscribe,
    () => groupOf(name).cursor,
    () => NOWHERE,
  );
}
