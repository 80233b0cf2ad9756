/** Asks the engine: a few questions at a time, each within a time and a size; every failure says why. */
import { Semaphore } from "@/lib/concurrency/semaphore";
import { UnavailableError } from "@/lib/model/errors";
import { type Answer, errorMessageIn, NoAnswer, post } from "./http";
import { type RemoteSettings, shownUrl } from "./settings";

const QUESTIONS_AT_ONCE = 4;
const MOST_WAITING = 2_000;
/** Bytes of one answer. Questions are cut so that a tenth of this is usual. */
const LARGEST_ANSWER_BYTES = 67_108_864;

export type Point = readonly [atSeconds: number, value: string];

export interface MatchedSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
}

export interface RangeQuery {
  readonly expression: string;
  /** First and last moment of evaluation, Unix milliseconds. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly stepMs: number;
}

export class QueryClient {
  private readonly permits = new Semaphore(QUESTIONS_AT_ONCE);
  private readonly stopping = new AbortController();
  private lastProblem: string | null = null;
  /** Whether VictoriaMetrics answers: it alone names its host. */
  private victoria = false;

  constructor(
    private readonly settings: RemoteSettings,
    private readonly now: () => number,
  ) {}

  /** Why the newest question had no answer; null when it had one. */
  problem(): string | null {
    return this.lastProblem;
  }

  /** @throws UnavailableError */
  async range(question: RangeQuery): Promise<MatchedSeries[]> {
    const { expression, firstMs, lastMs, stepMs } = question;
    const found = await this.ask("query_range", {
      query: expression,
      start: new Date(firstMs).toISOString(),
      end: new Date(lastMs).toISOString(),
      step: `${stepMs}ms`,
      ...EXACT,
    });
    const hidden = this.victoria ? newestMoments(question, this.now()) : [];
    if (hidden.length === 0) return found;
    const newest = await Promise.all(hidden.map((atMs) => this.instant(expression, atMs)));
    return withNewest(found, newest.flat(), hidden[0] as number);
  }

  /** The value at a moment; for a range selector the samples themselves. @throws UnavailableError */
  instant(expression: string, atMs: number): Promise<MatchedSeries[]> {
    return this.ask("query", { query: expression, time: new Date(atMs).toISOString(), ...EXACT });
  }

  close(): void {
    this.stopping.abort();
  }

  private async ask(path: string, parameters: Record<string, string>): Promise<MatchedSeries[]> {
    if (this.permits.waiting >= MOST_WAITING)
      throw new UnavailableError("too many questions wait for the history");
    return this.permits.run(() => this.send(path, parameters));
  }

  private async send(path: string, parameters: Record<string, string>): Promise<MatchedSeries[]> {
    try {
      const { queryUrl, headers, timeoutMs } = this.settings;
      const answer = await post({
        url: `${queryUrl}/api/v1/${path}`,
        headers: {
          ...headers,
          accept: "application/json",
          "content-type": "application/x-www-form-urlencoded",
        },
        body: new URLSearchParams(parameters).toString(),
        timeoutMs,
        largestBytes: LARGEST_ANSWER_BYTES,
        stop: this.stopping.signal,
      });
      this.victoria = answer.headers.has("x-server-hostname");
      const found = readAnswer(answer);
      this.lastProblem = null;
      return found;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.lastProblem = `History cannot be read from ${shownUrl(this.settings.queryUrl)}: ${error.message}.`;
      throw new UnavailableError(this.lastProblem);
    }
  }
}

/** VictoriaMetrics moves windows and moments unless it is told not to; others ignore this. */
const EXACT = { nocache: "1" };

/** VictoriaMetrics repeats an older value over the newest half minute of a range that is finer than a minute. */
const HIDDEN_MS = 35_000;
const HIDDEN_BELOW_STEP_MS = 60_000;

/** The moments of a range that it would hide, and that are asked for one by one. */
function newestMoments({ firstMs, lastMs, stepMs }: RangeQuery, now: number): number[] {
  if (stepMs >= HIDDEN_BELOW_STEP_MS || lastMs <= now - HIDDEN_MS) return [];
  const skipped = Math.max(0, Math.floor((now - HIDDEN_MS - firstMs) / stepMs));
  const moments: number[] = [];
  // What lies in the future holds nothing yet, except for the bucket that is not over.
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
  for (const one of found) {
    const points = one.points.filter(([atSeconds]) => atSeconds * 1_000 < sinceMs - 0.5);
    series.set(keyOf(one), { metric: one.metric, points });
  }
  for (const one of newest) {
    const key = keyOf(one);
    const known = series.get(key) ?? { metric: one.metric, points: [] };
    series.set(key, known);
    known.points.push(...one.points);
  }
  return [...series.values()];
}

function readAnswer(answer: Answer): MatchedSeries[] {
  const value = parsed(answer);
  const failure = value?.error;
  if (answer.status !== 200 || value?.status !== "success") {
    const said = typeof failure === "string" ? failure.slice(0, 300) : errorMessageIn(answer.body);
    throw new NoAnswer(`it answered with status ${answer.status}${said === "" ? "" : ` (${said})`}`);
  }
  const { data } = value;
  const result = typeof data === "object" && data !== null && "result" in data ? data.result : null;
  if (!Array.isArray(result)) throw new NoAnswer("the answer has no result");
  return result.map(readSeries);
}

function parsed(answer: Answer): { status?: unknown; error?: unknown; data?: unknown } | null {
  try {
    const value: unknown = JSON.parse(answer.body.toString("utf8"));
    return typeof value === "object" ? value : null;
  } catch {
    if (answer.status === 200) throw new NoAnswer("the answer is not JSON");
    return null;
  }
}

function readSeries(series: { metric?: unknown; values?: unknown; value?: unknown }): MatchedSeries {
  const { metric, values, value } = series;
  const points = Array.isArray(values) ? values : value === undefined ? [] : [value];
  if (typeof metric !== "object" || metric === null || !points.every(isPoint))
    throw new NoAnswer("the answer is not a list of series");
  return { metric: metric as MatchedSeries["metric"], points };
}

function isPoint(value: unknown): value is Point {
  return Array.isArray(value) && typeof value[0] === "number" && typeof value[1] === "string";
}
