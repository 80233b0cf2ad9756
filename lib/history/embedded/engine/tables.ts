/** The history's tables as one group: appends batches, answers queries, compacts and deletes. */
import type { Marker } from "@/lib/model/series.schema";
import { HOUR_MS } from "@/lib/model/time";
import type { Connection } from "@/lib/store/database";
import type { Task } from "@/lib/store/scheduler";
import type { Handlers, TableContext, TableGroup } from "@/lib/store/table-group";
import type { HistoryQuery } from "../../contract";
import { compactHour, type HistoryFile } from "./compaction";
import { Hours } from "./hours";
import { readMarkers, writeMarkers } from "./markers";
import { answerQuery } from "./query";
import type { AppendReply, AppendRequest, HistoryOperations, QueryReply } from "./requests";
import { nextDeletion } from "./retention";
import { encodeBatch, type RowField } from "./sample-batch";
import { SampleRows } from "./sample-rows";
import { ELAPSED_SCALE, type HistorySettings } from "./settings";
import { StatIds } from "./stat-ids";
import { Unwritten } from "./unwritten";

export class HistoryTables implements TableGroup<HistoryOperations> {
  readonly handlers: Handlers<HistoryOperations> = {
    "history.append": (request) => ({ value: this.append(request), transfer: [request.rows] }),
    "history.mark": (markers) => ({ value: this.mark(markers) }),
    "history.query": (query) => this.query(query),
    "history.markers": (query) => ({
      value: readMarkers(this.context.database(false), this.unwritten.markers, query),
    }),
  };
  private readonly unwritten = new Unwritten();
  private readonly fields: readonly RowField[];
  private file: HistoryFile | null = null;
  private nodes: readonly string[] = [];
  private newest: { readonly atMs: number; readonly nowMs: number } | null = null;

  constructor(
    private readonly context: TableContext,
    private readonly settings: HistorySettings,
  ) {
    this.fields = [...settings.stats, { slot: settings.rowLength - 1, scale: ELAPSED_SCALE }];
  }

  opened(connection: Connection): void {
    const names = new StatIds(connection, this.settings);
    const hours = new Hours(connection);
    this.file = { connection, names, hours, sampleRows: new SampleRows(connection, names, hours) };
  }

  background(): Task<void> | null {
    const file = this.current(false);
    if (file === null || this.newest === null) return null;
    const { atMs, nowMs } = this.newest;
    const ended = file.sampleRows
      .hours()
      .find((hour) => (hour + 1) * HOUR_MS <= atMs && file.hours.times(hour) === undefined);
    if (ended !== undefined) return compactHour(file, ended, this.settings);
    return nextDeletion(file, nowMs, this.settings);
  }

  /** The file's tables; null without a file. */
  private current(retry: boolean): HistoryFile | null {
    const connection = this.context.database(retry);
    return connection !== null && this.file?.connection === connection ? this.file : null;
  }

  private append(request: AppendRequest): AppendReply {
    this.nodes = request.nodes ?? this.nodes;
    const rows = new Float64Array(request.rows);
    if (rows.length < this.nodes.length * this.settings.rowLength) throw new Error("rows are missing");
    this.newest = { atMs: request.atMs, nowMs: request.nowMs };
    if (!this.has(request.atMs)) {
      this.unwritten.addBatch(
        encodeBatch(request.atMs, this.nodes, rows, this.settings.rowLength, this.fields),
      );
    }
    this.write();
    this.context.wake();
    return { rows: request.rows };
  }

  private has(atMs: number): boolean {
    if (this.unwritten.has(atMs)) return true;
    const file = this.current(false);
    if (file === null) return false;
    return file.sampleRows.has(atMs) || file.hours.times(Math.floor(atMs / HOUR_MS))?.includes(atMs) === true;
  }

  private mark(markers: readonly Marker[]): null {
    this.unwritten.addMarkers(markers);
    this.write();
    return null;
  }

  /** Writes what is unwritten. Failures are retried with the next batch. */
  private write(): void {
    const file = this.current(true);
    if (file === null) return;
    const { batches, markers } = this.unwritten;
    try {
      for (let batch = batches[0]; batch !== undefined; batch = batches[0]) {
        if (!file.sampleRows.has(batch.atMs)) file.sampleRows.write(batch);
        this.unwritten.dropBatch();
      }
      if (markers.length > 0) writeMarkers(file.connection, markers);
      markers.length = 0;
      this.context.recovered();
    } catch (error) {
      this.context.failure(error);
    }
  }

  private *query(query: HistoryQuery): Task<{ value: QueryReply; transfer: ArrayBuffer[] }> {
    const value = yield* answerQuery(this.current(false), this.unwritten.batches, query, this.settings);
    const arrays = [...value.values, value.elapsed, ...value.rates];
    return { value, transfer: arrays.map((array) => array.buffer as ArrayBuffer) };
  }
}
