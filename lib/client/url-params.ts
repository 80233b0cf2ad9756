"use client";
/**
 * The search parameters of the URL as page state.
 *
 * A change takes effect at once and is written to the URL soon after: browsers refuse more than about a
 * hundred URL changes in half a minute, and typing is faster. Until the router has caught up with the URL,
 * pending changes override the router's values.
 */
import { useSearchParams } from "next/navigation";
import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";

/** How a parameter is read and written. */
export interface Parameter<T> {
  /** Null is a missing parameter; unusable text reads like a missing one. */
  read(text: string | null): T;
  /** Null for the value that needs no parameter. */
  write(value: NonNullable<T>): string | null;
}

type Schema = Readonly<Record<string, Parameter<unknown>>>;
type ValueOf<P> = P extends Parameter<infer T> ? T : never;
type Values<S> = { readonly [K in keyof S]: ValueOf<S[K]> };
type Changes<S> = { readonly [K in keyof S]?: ValueOf<S[K]> | null };

/** `push`: a step that Back undoes. `replace`: typing, sorting. */
export type HistoryStep = "push" | "replace";

const WRITE_EVERY_MS = 120;

type Pending = ReadonlyMap<string, string | null>;
const NO_CHANGES: Pending = new Map();

let pending = NO_CHANGES;
let step: HistoryStep = "replace";
let path = "";
let timer: ReturnType<typeof setTimeout> | undefined;
let writtenAtMs = Number.NEGATIVE_INFINITY;
const listeners = new Set<() => void>();

function setPending(next: Pending): void {
  if (next === pending) return;
  pending = next;
  for (const listener of listeners) listener();
}

/** Drops pending changes. Back and Forward refer to the written URL. */
function reset(): void {
  clearTimeout(timer);
  timer = undefined;
  step = "replace";
  setPending(NO_CHANGES);
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener("popstate", reset);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    removeEventListener("popstate", reset);
    reset();
  };
}

function apply(search: string, changes: Pending): string {
  if (changes.size === 0) return search;
  const parameters = new URLSearchParams(search);
  for (const [name, text] of changes) {
    if (text === null) parameters.delete(name);
    else parameters.set(name, text);
  }
  return parameters.toString();
}

function writtenSearch(): string {
  return new URLSearchParams(location.search).toString();
}

function write(): void {
  timer = undefined;
  const before = writtenSearch();
  const search = apply(before, pending);
  // Another page is open by now, or nothing changed.
  if (location.pathname !== path || search === before) {
    reset();
    return;
  }
  const address = `${path}${search === "" ? "" : `?${search}`}${location.hash}`;
  writtenAtMs = performance.now();
  if (step === "push") history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  step = "replace";
}

function change(texts: readonly (readonly [string, string | null])[], by: HistoryStep): void {
  path = location.pathname;
  if (by === "push") step = "push";
  setPending(new Map([...pending, ...texts]));
  const sinceMs = performance.now() - writtenAtMs;
  timer ??= setTimeout(write, sinceMs < WRITE_EVERY_MS ? WRITE_EVERY_MS - Math.max(0, sinceMs) : 0);
}

/** The search of the URL, including pending changes. */
function useSearch(): string {
  const search = useSearchParams()?.toString() ?? "";
  const changes = useSyncExternalStore(
    subscribe,
    () => pending,
    () => NO_CHANGES,
  );
  useEffect(() => {
    if (timer === undefined && search === writtenSearch()) setPending(NO_CHANGES);
  }, [search]);
  return apply(search, changes);
}

/**
 * The values of the parameters of `schema` (the same object at every call), and a function that changes some
 * of them, optionally with another history step.
 */
export function useParameters<S extends Schema>(
  schema: S,
  by: HistoryStep = "replace",
): readonly [Values<S>, (changes: Changes<S>, thisStep?: HistoryStep) => void] {
  const search = useSearch();
  const values = useMemo(() => {
    const parameters = new URLSearchParams(search);
    return Object.fromEntries(
      Object.entries(schema).map(([name, { read }]) => [name, read(parameters.get(name))]),
    ) as Values<S>;
  }, [schema, search]);
  const set = useCallback(
    (changes: Changes<S>, thisStep: HistoryStep = by) =>
      change(
        Object.entries(changes).map(([name, value]) => {
          const text = value === null || value === undefined ? null : schema[name]?.write(value);
          return [name, text ?? null];
        }),
        thisStep,
      ),
    [schema, by],
  );
  return [values, set];
}

/** The value of one parameter, and a function that changes it. Null removes it from the URL. */
export function useParameter<T>(
  name: string,
  parameter: Parameter<T>,
  by: HistoryStep = "replace",
): readonly [T, (value: T | null) => void] {
  const schema = useMemo(() => ({ [name]: parameter }), [name, parameter]);
  const [values, set] = useParameters(schema, by);
  const setOne = useCallback((value: T | null) => set({ [name]: value }), [set, name]);
  return [values[name] as T, setOne];
}

/** Free text; empty when missing. */
export const text: Parameter<string> = { read: (raw) => raw ?? "", write: (value) => value || null };

/** Free text; null when missing. */
export const optionalText: Parameter<string | null> = { read: (raw) => raw, write: (value) => value };

/** An integer; null when missing. */
export const integer: Parameter<number | null> = {
  read: (raw) => (raw !== null && /^-?\d{1,15}$/.test(raw) ? Number(raw) : null),
  write: String,
};

/** `true`, or missing. */
export const flag: Parameter<boolean> = {
  read: (raw) => raw === "true",
  write: (value) => (value ? "true" : null),
};

/** A point in time, ISO 8601; null when missing. */
export const isoTime: Parameter<Date | null> = {
  read: (raw) => {
    const time = new Date(raw ?? "");
    return Number.isNaN(time.getTime()) ? null : time;
  },
  write: (value) => value.toISOString(),
};

/** One of `values`; null when missing. */
export function optionalChoice<T extends string>(values: readonly T[]): Parameter<T | null> {
  return { read: (raw) => values.find((value) => value === raw) ?? null, write: (value) => value };
}

/** One of `values`; `fallback` needs no parameter. */
export function choice<T extends string>(values: readonly T[], fallback: NoInfer<T>): Parameter<T> {
  return {
    read: (raw) => values.find((value) => value === raw) ?? fallback,
    write: (value) => (value === fallback ? null : value),
  };
}
