/** The table `tick`: batches that are not yet part of a compacted hour. */

import { HOUR_MS } from "@/lib/model/time";
import { type Connection, command, select, selectOne, transaction } from "@/lib/store/database";
import type { Hours } from "./hours";
import {
  type EncodedBatch,
  encodeSampleRow,
  ROW_PARTS,
  type SampleRow,
  SampleRowReader,
} from "./sample-batch";
import { sampleRowId } from "./schema";
import type { StatIds } from "./stat-ids";

export class SampleRows {
  /** Times of the batches that are read, ascending. */
  private times: number[] = [];
  /** Times of compacted batches whose rows are still to be deleted. */
  private discarded: number[] = [];
  private readonly reader = new SampleRowReader();
  private readonly statIds: readonly number[];

  constructor(
    private readonly connection: Connection,
    private readonly names: StatIds,
    hours: Hours,
  ) {
    this.statIds = names.statIds.map((statId) => statId.id);
    const sql = `SELECT DISTINCT id / ${ROW_PARTS} FROM tick ORDER BY 1`;
    for (const [at] of select<[number]>(connection, sql)) {
      if (hours.times(Math.floor(at / HOUR_MS))?.includes(at)) this.discarded.push(at);
      else this.times.push(at);
    }
  }

  /** Writes a batch, all its rows or none. Throws when that fails. */
  write(batch: EncodedBatch): void {
    const list = this.names.list(batch.nodes);
    const insert = command(this.connection, "INSERT OR IGNORE INTO tick (id, columns) VALUES (?, ?)");
    transaction(this.connection, () => {
      for (let part = 0; part < ROW_PARTS; part++) {
        const bytes = encodeSampleRow(part, batch, list.encoded, this.statIds);
        if (bytes !== null) insert.run(sampleRowId(batch.atMs, part), bytes);
      }
    });
    this.times.splice(this.position(batch.atMs), 0, batch.atMs);
  }

  has(atMs: number): boolean {
    return this.times[this.position(atMs)] === atMs;
  }

  /** Times from `fromMs` to before `toMs`, ascending. */
  between(fromMs: number, toMs: number): number[] {
    return this.times.slice(this.position(fromMs), this.position(toMs));
  }

  /** Null when no node reported a stat of that part. */
  read(atMs: number, part: number): SampleRow | null {
    const row = selectOne<[Buffer]>(
      this.connection,
      "SELECT columns FROM tick WHERE id = ?",
      sampleRowId(atMs, part),
    );
    return row === undefined ? null : this.reader.read(row[0]);
  }

  /** Hours that have batches, ascending. */
  hours(): number[] {
    return [...new Set(this.times.map((at) => Math.floor(at / HOUR_MS)))];
  }

  /** The batches are no longer read; `deleteDiscarded` deletes their rows. */
  discard(times: readonly number[]): void {
    const discarded = new Set(times);
    this.times = this.times.filter((at) => !discarded.has(at));
    this.discarded.push(...times);
  }

  /** Deletes the rows of `count` discarded batches. Returns whether more remain. */
  deleteDiscarded(count: number): boolean {
    const deleted = this.discarded.slice(0, count);
    const remove = command(this.connection, "DELETE FROM tick WHERE id >= ? AND id < ?");
    transaction(this.connection, () => {
      for (const at of deleted) remove.run(sampleRowId(at, 0), sampleRowId(at + 1, 0));
    });
    this.discarded.splice(0, deleted.length);
    return this.discarded.length > 0;
  }

  get hasDiscarded(): boolean {
    return this.discarded.length > 0;
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
