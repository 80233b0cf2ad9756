/** The table `hour`: which hours are compacted, which batches each contains, and whether it still has raw values. */

import { HOUR_MS } from "@/lib/model/time";
import { type Connection, command, select } from "@/lib/store/database";
import { ByteReader, ByteWriter } from "./codec/bytes";

interface Hour {
  readonly times: readonly number[];
  raw: boolean;
}

export class Hours {
  private readonly byHour = new Map<number, Hour>();

  constructor(private readonly connection: Connection) {
    const rows = select<[number, Buffer, number]>(
      connection,
      "SELECT hour, times, raw FROM hour ORDER BY hour",
    );
    for (const [hour, times, raw] of rows) {
      this.byHour.set(hour, { times: decodeTimes(hour, times), raw: raw === 1 });
    }
  }

  /** Compacted hours that touch the span from `fromMs` to before `toMs`, ascending. */
  between(fromMs: number, toMs: number): number[] {
    return [...this.byHour.keys()]
      .filter((hour) => hour * HOUR_MS < toMs && (hour + 1) * HOUR_MS > fromMs)
      .sort((a, b) => a - b);
  }

  /** Times of the batches in a compacted hour; undefined when it is not compacted. */
  times(hour: number): readonly number[] | undefined {
    return this.byHour.get(hour)?.times;
  }

  hasRaw(hour: number): boolean {
    return this.byHour.get(hour)?.raw === true;
  }

  /** From when on raw values are complete: after the newest hour that has only rollups. */
  rawFromMs(): number {
    let from = Number.NEGATIVE_INFINITY;
    for (const [hour, { raw }] of this.byHour) if (!raw) from = Math.max(from, (hour + 1) * HOUR_MS);
    return from;
  }

  /** Hours that ended before `ms`. */
  before(ms: number): number[] {
    return [...this.byHour.keys()].filter((hour) => (hour + 1) * HOUR_MS <= ms);
  }

  /** All rows of the hour are written: from now on they are read. */
  add(hour: number, times: readonly number[]): void {
    const insert = command(this.connection, "INSERT INTO hour (hour, times, raw) VALUES (?, ?, 1)");
    insert.run(hour, encodeTimes(hour, times));
    this.byHour.set(hour, { times, raw: true });
  }

  /** The hour's raw values are no longer read. */
  dropRaw(hour: number): void {
    command(this.connection, "UPDATE hour SET raw = 0 WHERE hour = ?").run(hour);
    const entry = this.byHour.get(hour);
    if (entry !== undefined) entry.raw = false;
  }

  forget(hour: number): void {
    command(this.connection, "DELETE FROM hour WHERE hour = ?").run(hour);
    this.byHour.delete(hour);
  }
}

function encodeTimes(hour: number, times: readonly number[]): Uint8Array {
  const out = new ByteWriter(times.length * 3);
  let previous = hour * HOUR_MS;
  for (const at of times) {
    out.uint(at - previous);
    previous = at;
  }
  return out.copy();
}

function decodeTimes(hour: number, bytes: Uint8Array): number[] {
  const reader = new ByteReader(bytes);
  const times: number[] = [];
  let at = hour * HOUR_MS;
  while (!reader.done) {
    at += reader.uint();
    times.push(at);
  }
  return times;
}
