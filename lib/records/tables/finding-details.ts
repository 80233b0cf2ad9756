/**
 * The large columns of findings, compressed: evidence and remedies of all findings of a probe on a node, deflated
 * together. They differ little within a fleet, so the first details of a probe become a preset dictionary (RFC 1950
 * section 2.2) for later ones.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { type Connection, command, select, selectOne } from "@/lib/store/database";

export interface FindingDetail {
  /** JSON. */
  readonly evidence: string;
  /** JSON. */
  readonly remedy: string;
  /** Of the previous finding; null when there was none. */
  readonly previous: { readonly title: string; readonly evidence: string } | null;
}

/** By check. */
export type ProbeDetails = ReadonlyMap<string, FindingDetail>;

type CompressedRow = readonly [dictionary: number | null, detail: Buffer | string];

/** Dictionaries of one probe: nodes differ in kind, and versions of Memfleet in their texts. */
const MOST_DICTIONARIES = 4;
/** How far back deflate searches. */
const WINDOW_BYTES = 32_768;
/** Details shorter than this never become a dictionary. */
const LEAST_BYTES = 1_024;
/** Details that no dictionary compresses to this share become a dictionary themselves. */
const POOR_SHARE = 1 / 12;
/** One line each: check, evidence, remedy, previous title, previous evidence. JSON contains no line breaks. */
const LINES = 5;

export function writeDetails(
  connection: Connection,
  node: string,
  probe: string,
  details: ProbeDetails,
): void {
  const [dictionary, detail] = compressed(connection, probe, textOf(details));
  command(connection, "REPLACE INTO finding_detail (node, probe, words, detail) VALUES (?, ?, ?, ?)").run(
    node,
    probe,
    dictionary,
    detail,
  );
}

/** Reads details, those of the same probe and node only once. */
export class DetailReader {
  private readonly details = new Map<string, ProbeDetails>();
  private readonly dictionaries = new Map<number, Buffer>();

  constructor(private readonly connection: Connection) {}

  /** Empty where nothing is stored. */
  of(node: string, probe: string): ProbeDetails {
    const name = `${probe} ${node}`;
    const cached = this.details.get(name);
    if (cached !== undefined) return cached;
    const row = selectOne<CompressedRow>(
      this.connection,
      "SELECT words, detail FROM finding_detail WHERE node = ? AND probe = ?",
      ...[node, probe],
    );
    const details = row === undefined ? new Map<string, FindingDetail>() : detailsOf(this.decompressed(row));
    this.details.set(name, details);
    return details;
  }

  /** Details that an earlier version wrote are uncompressed text. */
  private decompressed([id, detail]: CompressedRow): string {
    if (typeof detail === "string") return detail;
    return inflateRawSync(detail, id === null ? {} : { dictionary: this.dictionary(id) }).toString();
  }

  private dictionary(id: number): Buffer {
    const cached = this.dictionaries.get(id);
    if (cached !== undefined) return cached;
    const row = selectOne<[Buffer]>(this.connection, "SELECT words FROM finding_words WHERE id = ?", id);
    if (row === undefined) throw new Error(`memfleet.db lacks the dictionary ${id}`);
    this.dictionaries.set(id, row[0]);
    return row[0];
  }
}

/** Deletes dictionaries that no details use any longer. */
export function sweepDictionaries(connection: Connection): void {
  connection.exec(
    "DELETE FROM finding_words WHERE id NOT IN (SELECT words FROM finding_detail WHERE words IS NOT NULL)",
  );
}

function compressed(connection: Connection, probe: string, text: string): CompressedRow {
  const bytes = Buffer.from(text);
  const dictionaries = select<[number, Buffer]>(
    connection,
    "SELECT id, words FROM finding_words WHERE probe = ?",
    probe,
  );
  let best: readonly [number | null, Buffer] | null = null;
  for (const [id, dictionary] of dictionaries) {
    const detail = deflateRawSync(bytes, { dictionary });
    if (best === null || detail.length < best[1].length) best = [id, detail];
  }
  best ??= [null, deflateRawSync(bytes)];
  const poor = bytes.length >= LEAST_BYTES && best[1].length > bytes.length * POOR_SHARE;
  if (!poor || dictionaries.length >= MOST_DICTIONARIES) return best;
  const dictionary = bytes.subarray(-WINDOW_BYTES);
  const { lastInsertRowid } = command(
    connection,
    "INSERT INTO finding_words (probe, words) VALUES (?, ?)",
  ).run(probe, dictionary);
  return [Number(lastInsertRowid), deflateRawSync(bytes, { dictionary })];
}

function textOf(details: ProbeDetails): string {
  const lines: string[] = [];
  for (const [check, { evidence, remedy, previous }] of details) {
    lines.push(JSON.stringify(check), evidence, remedy);
    lines.push(JSON.stringify(previous?.title ?? null), previous?.evidence ?? "null");
  }
  return lines.join("\n");
}

function detailsOf(text: string): Map<string, FindingDetail> {
  const lines = text.split("\n");
  const details = new Map<string, FindingDetail>();
  for (let at = 0; at + LINES <= lines.length; at += LINES) {
    const [check, evidence, remedy, title, before] = lines.slice(at, at + LINES) as string[];
    const previousTitle = JSON.parse(title ?? "null") as string | null;
    details.set(JSON.parse(check ?? '""') as string, {
      evidence: evidence ?? "{}",
      remedy: remedy ?? "[]",
      previous: previousTitle === null ? null : { title: previousTitle, evidence: before ?? "{}" },
    });
  }
  return details;
}
