"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import type { KeyLine, KeyListEnd } from "@/lib/model/node/keys.schema";
import { type KeyListQuery, readKeyList } from "./key-stream";

export interface KeyListState {
  /** Null before the first list. */
  readonly query: KeyListQuery | null;
  readonly lines: readonly KeyLine[];
  readonly end: KeyListEnd | null;
  readonly error: unknown;
  readonly reading: boolean;
}

const NOTHING: KeyListState = { query: null, lines: [], end: null, error: null, reading: false };
/** How often what has come is shown while more is coming. */
const SHOW_EVERY_MS = 250;

/** Reads lists of keys of a node, one at a time, and shows them as they come. */
export function useKeyList(node: string) {
  const [state, setState] = useState<KeyListState>(NOTHING);
  const running = useRef<AbortController | null>(null);
  const stop = useCallback(() => running.current?.abort(), []);
  useEffect(() => stop, [stop]);

  const start = useCallback(
    async (query: KeyListQuery) => {
      running.current?.abort();
      const mine = new AbortController();
      running.current = mine;
      const lines: KeyLine[] = [];
      let shownMs = 0;
      const show = (change: Partial<KeyListState>) => {
        if (running.current === mine) setState((before) => ({ ...before, lines: [...lines], ...change }));
      };
      setState({ ...NOTHING, query, reading: true });
      try {
        const end = await readKeyList(node, query, mine.signal, (some) => {
          lines.push(...some);
          if (Date.now() - shownMs < SHOW_EVERY_MS) return;
          shownMs = Date.now();
          show({});
        });
        show({ end, reading: false });
      } catch (error) {
        show({ error: mine.signal.aborted ? null : error, reading: false });
      }
    },
    [node],
  );
  return { state, start, stop };
}
