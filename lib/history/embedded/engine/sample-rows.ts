/** The table `tick`: sweeps that are not yet part of a compacted hour. */
import { type Connection, command, select, selectOne, transaction } from "@/lib/store/database";
import type { Hours } from "./hours";
import { type EncodedBatch, encodeTickPart, TICK_PARTS, type TickPart, TickReader } from "./sample-batch";
import { sampleRowId } from "./schema";
import { HOUR_MS } from "./settings";
import type { StatIds } from "./stat-ids";

export class SampleRows {
  /** Times of the sweeps that count, ascending. */
  private times: number[] = [];
  /** Times of sweeps whose hour has been compacted with them: their rows only wait to be deleted. */
  private garbage: number[] = [];
  private readonly reader = new TickReader();
  private readonly metricIds: readonly number[];

  constructor(
    private readonly connection: Connection,
    private readonly names: StatIds,
    hours: Hours,
  ) {
    this.metricIds = names.metrics.map((metric) => metric.id);
    const sql = `SELECT DISTINCT id / ${TICK_PARTS} FROM tick ORDER BY 1`;
    for (const [at] of select<[number]>(connection, sql)) {
      if (hours.times(Math.floor(at / HOUR_MS))?.includes(at)) this.garbage.push(at);
      else this.times.push(at);
    }
  }

  /** Writes a sweep, all its rows or none. Throws when that fails. */
  write(sweep: EncodedBatch): void {
    const list = this.names.list(sweep.nodes);
    const insert = command(this.connection, "INSERT OR IGNORE INTO tick (id, columns) VALUES (?, ?)");
    transaction(this.connection, () => {
      for (let part = 0; part < TICK_PARTS; part++) {
        const bytes = encodeTickPart(part, sweep, list.encoded, this.metricIds);
        if (bytes !== null) insert.run(sampleRowId(sweep.atMs, part), bytes);
      }
    });
    this.times.splice(this.position(sweep.atMs), 0, sweep.atMs);
  }

  has(atMs: number): boolean {
    return this.times[this.position(atMs)] === atMs;
  }

  /** Times from `fromMs` to before `toMs`, ascending. */
  between(fromMs: number, toMs: number): number[] {
    return this.times.slice(this.position(fromMs), this.position(toMs));
  }

  /** Null when no node reported a metric of that part. */
  read(atMs: number, part: number): TickPart | null {
    const row = selectOne<[Buffer]>(
      this.connection,
      "SELECT columns FROM tick WHERE id = ?",
      sampleRowId(atMs, part),
    );
    return row === undefined ? null : this.reader.read(row[0]);
  }

  /** Hours that have sweeps, ascending. */
  hours(): number[] {
    return [...new Set(this.times.map((at) => Math.floor(at / HOUR_MS)))];
  }

  /** The sweeps no longer count; their rows will be deleted by and by. */
  discard(times: readonly number[]): void {
    const gone = new Set(times);
    this.times = this.times.filter((at) => !gone.has(at));
    this.garbage.push(...times);
  }

  /** Deletes rows of a few discarded sweeps. Returns false when there are none left. */
  sweepUp(count: number): boolean {
    const some = this.garbage.slice(0, count);
    const remove = command(this.connection, "DELETE FROM tick WHERE id >= ? AND id < ?");
    transaction(this.connection, () => {
      for (const at of some) remove.run(sampleRowId(at, 0), sampleRowId(at + 1, 0));
    });
    this.garbage.splice(0, some.length);
    return this.garbage.length > 0;
  }

  get hasGarbage(): boolean {
    return this.garbage.length > 0;
  }

  /** Index of the first time not before `atMs`. */
  private position(atMs: number): number {
    let low = 0;
    let high = this.times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.times[middle] as number) < atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
