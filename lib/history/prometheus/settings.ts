/** How a history on an existing engine is reached. */
export interface RemoteSettings {
  /** Base address of the query interface, without `/api/v1/…` and without a slash at its end. */
  readonly queryUrl: string;
  /** Whole address that takes remote write; null: nothing is written, what others collect is read. */
  readonly writeUrl: string | null;
  /** Sent with every request, secrets included: never shown, never logged. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long one request may take, in milliseconds. */
  readonly timeoutMs: number;
  /** What waits while the engine cannot be written: at most so old and so large, oldest dropped first. */
  readonly buffer: { readonly ageMs: number; readonly bytes: number };
  /** On every series that is written, and asked for in every query. */
  readonly externalLabels: Readonly<Record<string, string>>;
}

/** An address as it may be shown: what follows the path may be a secret. */
export function shownUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
