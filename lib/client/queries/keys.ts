"use client";
/** Keys and their items. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import type { KeyEncoding } from "@/lib/model/actions/action";
import type { KeyItem, KeyLine, KeyListEnd, KeyOwner } from "@/lib/model/node/keys.schema";
import { keySegment, nodeSegment } from "@/lib/model/node/path-segments";
import { ApiError, apiUrl, getJson, queryString, segment, streamLines } from "../api";

export interface KeyName {
  readonly key: string;
  readonly keyEncoding: KeyEncoding;
}

const NO_KEY: KeyName = { key: "", keyEncoding: "utf8" };

/** Read once: reading may move an item in the LRU of older servers. */
const ONCE = {
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 0,
  retry: false,
  refetchOnWindowFocus: false,
} as const;

/** One item. */
export function useKeyItem(node: string, name: KeyName | null) {
  const { key, keyEncoding } = name ?? NO_KEY;
  return useQuery<KeyItem, ApiError>({
    queryKey: ["key", node, name],
    queryFn: ({ signal }) => getJson<KeyItem>(keyPath(node, { key, keyEncoding }, ""), signal),
    enabled: name !== null,
    ...ONCE,
  });
}

/** The address to download a value's bytes from. */
export function keyValueUrl(node: string, name: KeyName): string {
  return apiUrl(keyPath(node, name, "/value"));
}

function keyPath(node: string, name: KeyName, suffix: "" | "/value"): string {
  const { segment: key, keyEncoding } = keySegment(name);
  return `/nodes/${nodeSegment(node)}/keys/${key}${suffix}${queryString({ keyEncoding })}`;
}

/** The node of a pool that a key belongs to. */
export function useKeyOwner(pool: string, name: KeyName | null) {
  return useQuery<KeyOwner, ApiError>({
    queryKey: ["key-owner", pool, name],
    queryFn: ({ signal }) =>
      getJson<KeyOwner>(`/pools/${segment(pool)}/owner${queryString({ ...name })}`, signal),
    enabled: name !== null,
    ...ONCE,
  });
}

export interface KeyListQuery {
  readonly prefix: string;
  readonly keyEncoding: KeyEncoding;
  readonly limit: number;
}

export interface KeyListState {
  /** Null before the first list. */
  readonly query: KeyListQuery | null;
  readonly lines: readonly KeyLine[];
  readonly end: KeyListEnd | null;
  readonly error: unknown;
  readonly reading: boolean;
}

/** The path below `/api/v1` of a list of keys. */
export function keyListPath(node: string, query: KeyListQuery): string {
  return `/nodes/${nodeSegment(node)}/keys${queryString({ ...query })}`;
}

/**
 * Reads a list to its end, its lines as they arrive.
 * @throws ApiError, also when the list ends without its last line
 */
async function readKeyList(
  path: string,
  signal: AbortSignal,
  onLines: (lines: readonly KeyLine[]) => void,
): Promise<KeyListEnd> {
  for await (const group of streamLines<KeyLine | KeyListEnd>(path, signal)) {
    const lines = group.filter((line): line is KeyLine => !("done" in line));
    if (lines.length > 0) onLines(lines);
    const end = group.find((line): line is KeyListEnd => "done" in line);
    if (end !== undefined) return end;
  }
  throw new ApiError(502, "the list broke off", "");
}

const NO_LIST: KeyListState = { query: null, lines: [], end: null, error: null, reading: false };
/** How often arriving lines are shown. */
const SHOW_EVERY_MS = 250;

/** Reads lists of a node's keys, one at a time. */
export function useKeyList(node: string) {
  const [state, setState] = useState<KeyListState>(NO_LIST);
  const current = useRef<AbortController | null>(null);
  const stop = useCallback(() => current.current?.abort(), []);
  useEffect(() => stop, [stop]);

  const start = useCallback(
    async (query: KeyListQuery) => {
      current.current?.abort();
      const abort = new AbortController();
      current.current = abort;
      const lines: KeyLine[] = [];
      let shownMs = 0;
      const show = (change: Partial<KeyListState>) => {
        if (current.current === abort) setState((before) => ({ ...before, lines: [...lines], ...change }));
      };
      setState({ ...NO_LIST, query, reading: true });
      try {
        const end = await readKeyList(keyListPath(node, query), abort.signal, (added) => {
          lines.push(...added);
          if (Date.now() - shownMs < SHOW_EVERY_MS) return;
          shownMs = Date.now();
          show({});
        });
        show({ end, reading: false });
      } catch (error) {
        show({ error: abort.signal.aborted ? null : error, reading: false });
      }
    },
    [node],
  );
  return { state, start, stop };
}
