/**
 * What only one finding needs, kept small: evidence and remedies of all that a probe said of a node, deflated
 * together. Nodes of a fleet are told nearly the same, so the first details of a probe become words (a preset
 * dictionary, RFC 1950 section 2.2) that later ones are written with.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { type Connection, command, select } from "@/lib/store/database";

export interface FindingDetail {
  /** JSON. */
  readonly evidence: string;
  /** JSON. */
  readonly remedy: string;
  /** Of the time before; null when there was none. */
  readonly previous: { readonly title: string; readonly evidence: string } | null;
}

/** By check. */
export type ProbeDetails = ReadonlyMap<string, FindingDetail>;

type PackedRow = readonly [words: number | null, detail: Buffer | string];

/** Words that a probe may have: nodes of different kinds, and of different versions of the product. */
const MOST_WORDS = 4;
/** How far back deflate looks. */
const WINDOW_BYTES = 32_768;
const WORTH_BYTES = 1_024;
/** Details that known words make no smaller than this share become words themselves. */
const POOR_SHARE = 1 / 12;
/** A line each: check, evidence, remedy, title and evidence of the time before. JSON has no line breaks of its own. */
const LINES = 5;

export function writeDetails(
  connection: Connection,
  node: string,
  probe: string,
  details: ProbeDetails,
): void {
  const [words, detail] = packed(connection, probe, textOf(details));
  command(connection, "REPLACE INTO finding_detail (node, probe, words, detail) VALUES (?, ?, ?, ?)").run(
    node,
    probe,
    words,
    detail,
  );
}

/** Reads details; of the same probe and node only once. */
export class DetailReader {
  private readonly read = new Map<string, ProbeDetails>();
  private readonly words = new Map<number, Buffer>();

  constructor(private readonly connection: Connection) {}

  /** None where nothing is kept. */
  of(node: string, probe: string): ProbeDetails {
    const name = `${probe} ${node}`;
    const known = this.read.get(name);
    if (known !== undefined) return known;
    const [row] = select<PackedRow>(
      this.connection,
      "SELECT words, detail FROM finding_detail WHERE node = ? AND probe = ?",
      node,
      probe,
    );
    const details = row === undefined ? new Map<string, FindingDetail>() : detailsOf(this.unpacked(row));
    this.read.set(name, details);
    return details;
  }

  /** Text was written before details were packed. */
  private unpacked([words, detail]: PackedRow): string {
    if (typeof detail === "string") return detail;
    const dictionary = words === null ? {} : { dictionary: this.wordsOf(words) };
    return inflateRawSync(detail, dictionary).toString();
  }

  private wordsOf(id: number): Buffer {
    const known = this.words.get(id);
    if (known !== undefined) return known;
    const [row] = select<[Buffer]>(this.connection, "SELECT words FROM finding_words WHERE id = ?", id);
    if (row === undefined) throw new Error(`memfleet.db lacks the words ${id}`);
    this.words.set(id, row[0]);
    return row[0];
  }
}

/** Forgets words that nothing is written with any longer. */
export function sweepWords(connection: Connection): void {
  connection.exec(
    "DELETE FROM finding_words WHERE id NOT IN (SELECT words FROM finding_detail WHERE words IS NOT NULL)",
  );
}

function packed(connection: Connection, probe: string, text: string): PackedRow {
  const bytes = Buffer.from(text);
  const known = select<[number, Buffer]>(
    connection,
    "SELECT id, words FROM finding_words WHERE probe = ?",
    probe,
  );
  let best: readonly [number | null, Buffer] | null = null;
  for (const [id, dictionary] of known) {
    const detail = deflateRawSync(bytes, { dictionary });
    if (best === null || detail.length < best[1].length) best = [id, detail];
  }
  best ??= [null, deflateRawSync(bytes)];
  const poor = bytes.length >= WORTH_BYTES && best[1].length > bytes.length * POOR_SHARE;
  if (!poor || known.length >= MOST_WORDS) return best;
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
