/**
 * The history's tables. Ids are integers that grow with time, so that inserts append and retention is one
 * range delete; all are rowid tables, for WITHOUT ROWID triples the file once blobs pass a kilobyte.
 */
import type { Migration } from "@/lib/store/database";
import { ROW_PARTS } from "./sample-batch";

export const HISTORY_MIGRATIONS: readonly Migration[] = [
  `
  CREATE TABLE node (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE metric (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, scale INTEGER);
  CREATE TABLE tick (id INTEGER PRIMARY KEY, columns BLOB NOT NULL);
  CREATE TABLE hour (hour INTEGER PRIMARY KEY, times BLOB NOT NULL, raw INTEGER NOT NULL);
  CREATE TABLE raw (id INTEGER PRIMARY KEY, columns BLOB NOT NULL);
  CREATE TABLE rollup (id INTEGER PRIMARY KEY, columns BLOB NOT NULL);
  CREATE TABLE marker (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, node TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,
    UNIQUE (at, node, kind, text)
  );
  `,
];

const STATS = 1024;
const GROUPS = 65_536;

/** Row of `tick`: one of the parts of the batch at `atMs`. */
export function sampleRowId(atMs: number, part: number): number {
  return atMs * ROW_PARTS + part;
}

/**
 * Row of `raw` and `rollup`. Group 0 is the stat's directory for that hour: the columns of groups that are
 * too short to deserve a row. Groups of nodes count from 1.
 */
export function groupId(hour: number, statId: number, group: number): number {
  return (hour * STATS + statId) * GROUPS + group;
}

export function groupOfId(id: number): number {
  return id % GROUPS;
}

/** First id of an hour; its rows end before the first id of the next. */
export function hourId(hour: number): number {
  return groupId(hour, 0, 0);
}

export const LIMITS = { stats: STATS, groups: GROUPS - 1 } as const;
