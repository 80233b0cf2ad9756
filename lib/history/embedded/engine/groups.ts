/**
 * Rows of `raw` and `rollup`: per hour and stat one column for each group of nodes. Short columns (nothing
 * moved, or nothing was reported but by a few) share one row, the directory.
 */
import { type Connection, select, selectOne } from "@/lib/store/database";
import { ByteReader, ByteWriter } from "./codec/bytes";
import { groupId, groupOfId } from "./schema";

/** Columns up to this many bytes go into the directory. */
const SHORT_BYTES = 48;

/** Above this share of the groups, one scan is cheaper than one lookup per group. */
const SCAN_SHARE = 0.3;

type GroupTable = "raw" | "rollup";

/** Collects one stat's columns of an hour, in the order of their groups. */
export class GroupWriter {
  private readonly rows: { readonly group: number; readonly bytes: Uint8Array }[] = [];
  private readonly directory = new ByteWriter(256);
  private nextGroup = 1;
  private run: { readonly from: number; to: number; readonly bytes: Uint8Array } | null = null;

  add(group: number, bytes: Uint8Array): void {
    if (bytes.length > SHORT_BYTES) this.rows.push({ group, bytes });
    else if (this.run !== null && this.run.to === group && isSame(this.run.bytes, bytes))
      this.run.to = group + 1;
    else {
      this.endRun();
      this.run = { from: group, to: group + 1, bytes };
    }
  }

  /** Everything as table rows. */
  finish(hour: number, statId: number): { readonly id: number; readonly bytes: Uint8Array }[] {
    this.endRun();
    const rows = this.rows.map(({ group, bytes }) => ({ id: groupId(hour, statId, group), bytes }));
    if (this.directory.length > 0) {
      rows.unshift({ id: groupId(hour, statId, 0), bytes: this.directory.copy() });
    }
    return rows;
  }

  private endRun(): void {
    if (this.run === null) return;
    this.directory.uint(this.run.from - this.nextGroup);
    this.directory.uint(this.run.to - this.run.from);
    this.directory.uint(this.run.bytes.length);
    this.directory.put(this.run.bytes);
    this.nextGroup = this.run.to;
    this.run = null;
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

/** A stat's columns of an hour for the wanted groups (ascending), with the group each belongs to. */
export function* readGroups(
  connection: Connection,
  table: GroupTable,
  hour: number,
  statId: number,
  wanted: readonly number[],
  allGroups: number,
): Generator<{ readonly group: number; readonly bytes: Uint8Array }> {
  if (wanted.length === 0) return;
  const set = new Set(wanted);
  if (wanted.length > allGroups * SCAN_SHARE) {
    const sql = `SELECT id, columns FROM ${table} WHERE id >= ? AND id < ?`;
    const range = [groupId(hour, statId, 0), groupId(hour, statId + 1, 0)] as const;
    const rows = select<[number, Buffer]>(connection, sql, ...range);
    for (const [id, bytes] of rows) yield* columnsIn(groupOfId(id), bytes, set);
    return;
  }
  const sql = `SELECT columns FROM ${table} WHERE id = ?`;
  for (const group of [0, ...wanted]) {
    const row = selectOne<[Buffer]>(connection, sql, groupId(hour, statId, group));
    if (row !== undefined) yield* columnsIn(group, row[0], set);
  }
}

function* columnsIn(
  group: number,
  bytes: Uint8Array,
  wanted: ReadonlySet<number>,
): Generator<{ readonly group: number; readonly bytes: Uint8Array }> {
  if (group > 0) {
    if (wanted.has(group)) yield { group, bytes };
    return;
  }
  const reader = new ByteReader(bytes);
  let next = 1;
  while (!reader.done) {
    const from = next + reader.uint();
    const to = from + reader.uint();
    const column = reader.take(reader.uint());
    for (let each = from; each < to; each++) if (wanted.has(each)) yield { group: each, bytes: column };
    next = to;
  }
}
