/** Queries the engine: a few queries at a time, each bounded in time and size. */
import { Semaphore } from "@/lib/concurrency/semaphore";
import { UnavailableError } from "@/lib/model/errors";
import { EngineError, type EngineResponse, errorMessageIn, post } from "./http";
import { type RemoteSettings, shownUrl } from "./settings";

const CONCURRENT_QUERIES = 4;
const MAX_WAITING = 2_000;
/** Limit of one response. Queries are split so that a tenth of this is usual. */
const MAX_RESPONSE_BYTES = 67_108_864;

export type Point = readonly [atSeconds: number, value: string];

export interface MatchedSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
}

interface RangeQuery {
  readonly expression: string;
  /** First and last moment of evaluation, Unix milliseconds. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly stepMs: number;
}

export class QueryClient {
  private readonly permits = new Semaphore(CONCURRENT_QUERIES);
  private readonly stopping = new AbortController();
  private lastProblem: string | null = null;
  /** Whether the engine is VictoriaMetrics, the only one that sends its host name. */
  private victoria = false;

  constructor(
    private readonly settings: RemoteSettings,
    private readonly now: () => number,
  ) {}

  /** Why the last query failed; null when it succeeded. */
  problem(): string | null {
    return this.lastProblem;
  }

  /** @throws UnavailableError */
  async range(query: RangeQuery): Promise<MatchedSeries[]> {
    const { expression, firstMs, lastMs, stepMs } = query;
    const found = await this.request("query_range", {
      query: expression,
      start: new Date(firstMs).toISOString(),
      end: new Date(lastMs).toISOString(),
      step: `${stepMs}ms`,
      ...EXACT,
    });
    const hidden = this.victoria ? newestMoments(query, this.now()) : [];
    if (hidden.length === 0) return found;
    const newest = await Promise.all(hidden.map((atMs) => this.instant(expression, atMs)));
    return withNewest(found, newest.flat(), hidden[0] as number);
  }

  /** The value at a moment; for a range selector the samples themselves. @throws UnavailableError */
  instant(expression: string, atMs: number): Promise<MatchedSeries[]> {
    return this.request("query", { query: expression, time: new Date(atMs).toISOString(), ...EXACT });
  }

  close(): void {
    this.stopping.abort();
  }

  private async request(path: string, parameters: Record<string, string>): Promise<MatchedSeries[]> {
    if (this.permits.waiting >= MAX_WAITING)
      throw new UnavailableError("too many queries are waiting for the history");
    return this.permits.run(() => this.send(path, parameters));
  }

  private async send(path: string, parameters: Record<string, string>): Promise<MatchedSeries[]> {
    try {
      const { queryUrl, headers, timeoutMs } = this.settings;
      const response = await post({
        url: `${queryUrl}/api/v1/${path}`,
        headers: {
          ...headers,
          accept: "application/json",
          "content-type": "application/x-www-form-urlencoded",
        },
        body: new URLSearchParams(parameters).toString(),
        timeoutMs,
        maxBytes: MAX_RESPONSE_BYTES,
        stop: this.stopping.signal,
      });
      this.victoria = response.headers.has("x-server-hostname");
      const found = readResponse(response);
      this.lastProblem = null;
      return found;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.lastProblem = `Can’t read history from ${shownUrl(this.settings.queryUrl)}: ${error.message}.`;
      throw new UnavailableError(this.lastProblem);
    }
  }
}

/** Stops VictoriaMetrics from shifting ranges; other engines ignore it. */
const EXACT = { nocache: "1" };

/** VictoriaMetrics repeats an older value over the newest half minute of a range that is finer than a minute. */
const HIDDEN_MS = 35_000;
const HIDDEN_BELOW_STEP_MS = 60_000;

/** The moments of a range that VictoriaMetrics would hide; they are queried one by one. */
function newestMoments({ firstMs, lastMs, stepMs }: RangeQuery, now: number): number[] {
  if (stepMs >= HIDDEN_BELOW_STEP_MS || lastMs <= now - HIDDEN_MS) return [];
  const skipped = Math.max(0, Math.floor((now - HIDDEN_MS - firstMs) / stepMs));
  const moments: number[] = [];
  // The future has no samples yet, except for the unfinished bucket.
  for (let atMs = firstMs + skipped * stepMs; atMs <= lastMs && atMs <= now + 2 * stepMs; atMs += stepMs)
    moments.push(atMs);
  return moments;
}

function withNewest(
  found: readonly MatchedSeries[],
  newest: readonly MatchedSeries[],
  sinceMs: number,
): MatchedSeries[] {
  const series = new Map<string, { metric: MatchedSeries["metric"]; points: Point[] }>();
  const keyOf = ({ metric }: MatchedSeries) => JSON.stringify(Object.entries(metric).sort());
  for (const matched of found) {
    const points = matched.points.filter(([atSeconds]) => atSeconds * 1_000 < sinceMs - 0.5);
    series.set(keyOf(matched), { metric: matched.metric, points });
  }
  for (const matched of newest) {
    const key = keyOf(matched);
    const merged = series.get(key) ?? { metric: matched.metric, points: [] };
    series.set(key, merged);
    merged.points.push(...matched.points);
  }
  return [...series.values()];
}

function readResponse(response: EngineResponse): MatchedSeries[] {
  const value = parseBody(response);
  const failure = value?.error;
  if (response.status !== 200 || value?.status !== "success") {
    const message = typeof failure === "string" ? failure.slice(0, 300) : errorMessageIn(response.body);
    throw new EngineError(`HTTP status ${response.status}${message === "" ? "" : ` (${message})`}`);
  }
  const { data } = value;
  const result = typeof data === "object" && data !== null && "result" in data ? data.result : null;
  if (!Array.isArray(result)) throw new EngineError("the response has no result");
  return result.map(readSeries);
}

function parseBody(response: EngineResponse): { status?: unknown; error?: unknown; data?: unknown } | null {
  try {
    const value: unknown = JSON.parse(response.body.toString("utf8"));
    return typeof value === "object" ? value : null;
  } catch {
    if (response.status === 200) throw new EngineError("the response is not JSON");
    return null;
  }
}

function readSeries(series: { metric?: unknown; values?: unknown; value?: unknown }): MatchedSeries {
  const { metric, values, value } = series;
  const points = Array.isArray(values) ? values : value === undefined ? [] : [value];
  if (typeof metric !== "object" || metric === null || !points.every(isPoint))
    throw new EngineError("the response is not a list of series");
  return { metric: metric as MatchedSeries["metric"], points };
}

function isPoint(value: unknown): value is Point {
  return Array.isArray(value) && typeof value[0] === "number" && typeof value[1] === "string";
}
