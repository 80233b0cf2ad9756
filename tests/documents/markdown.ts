/** The project's Markdown documents, read into the parts that can be checked. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");

export interface Fence {
  readonly language: string;
  readonly text: string;
  /** Where it is, for messages: `docs/history.md:7`. */
  readonly at: string;
}

export interface Document {
  /** Relative to the project. */
  readonly path: string;
  readonly text: string;
  /** The text without fenced blocks. */
  readonly prose: string;
  readonly fences: readonly Fence[];
  /** Code spans of the prose, without the backticks. */
  readonly spans: readonly string[];
  /** Targets of links and images. */
  readonly links: readonly string[];
  /** Anchors as GitHub derives them from headings. */
  readonly anchors: ReadonlySet<string>;
}

const FENCE = /^( *)```(\w*)[^\n]*\n([\s\S]*?)^\1```$/gm;

export const DOCUMENTS: readonly Document[] = [
  ...markdownIn(ROOT, false),
  ...markdownIn(join(ROOT, "docs"), true),
]
  .sort()
  .map(readDocument);

/** @throws when there is no such document */
export function documentAt(path: string): Document {
  const document = DOCUMENTS.find((each) => each.path === path);
  if (document === undefined) throw new Error(`${path} does not exist`);
  return document;
}

/** The part of a document under a heading, up to the next heading of the same or a higher level. */
export function sectionOf({ text }: Document, heading: string): string {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, "") === heading);
  if (start === -1) throw new Error(`there is no heading "${heading}"`);
  const level = lines[start]?.indexOf(" ") ?? 0;
  const length = lines.slice(start + 1).findIndex((line) => /^#+ /.test(line) && line.indexOf(" ") <= level);
  return lines.slice(start + 1, length === -1 ? undefined : start + 1 + length).join("\n");
}

function markdownIn(folder: string, recursive: boolean): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return recursive ? markdownIn(path, true) : [];
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

function readDocument(file: string): Document {
  const path = relative(ROOT, file);
  const text = readFileSync(file, "utf8");
  const prose = text.replace(FENCE, "");
  const fences = [...text.matchAll(FENCE)].map(({ 2: language = "", 3: body = "", index }) => ({
    language,
    text: body,
    at: `${path}:${text.slice(0, index).split("\n").length}`,
  }));
  const withoutSpans = prose.replaceAll(/`[^`\n]+`/g, "");
  return {
    path,
    text,
    prose,
    fences,
    spans: [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span),
    links: [...withoutSpans.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target),
    anchors: anchorsOf(prose),
  };
}

function anchorsOf(prose: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of prose.matchAll(/^#{1,6} (.+)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-");
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}
