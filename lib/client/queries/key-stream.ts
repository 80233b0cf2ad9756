"use client";
/** Reads the list of keys as it streams from a node. */
import type { KeyEncoding } from "@/lib/model/actions/action";
import type { KeyLine, KeyListEnd } from "@/lib/model/node/keys.schema";
import { ApiError, problemOf, queryString, segment } from "../api";

export interface KeyListQuery {
  readonly prefix: string;
  readonly keyEncoding: KeyEncoding;
  readonly limit: number;
}

/** The address of a list, as a script asks for it. */
export function keyListPath(node: string, query: KeyListQuery): string {
  return `/nodes/${segment(node)}/keys${queryString({ ...query })}`;
}

/** Cuts a stream of text into lines; what is left stays for the next part. */
export class LineSplitter {
  private rest = "";

  push(text: string): string[] {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    return lines.filter((line) => line !== "");
  }
}

/**
 * Reads a list to its end. `onLines` gets the lines as they come.
 * @throws ApiError, also when the list broke off without its last line
 */
export async function readKeyList(
  node: string,
  query: KeyListQuery,
  signal: AbortSignal,
  onLines: (lines: readonly KeyLine[]) => void,
): Promise<KeyListEnd> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${keyListPath(node, query)}`, { signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new ApiError(0, "unreachable", "");
  }
  if (!response.ok || response.body === null) throw await problemOf(response);
  const cutter = new LineSplitter();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new ApiError(502, "the list broke off", "");
    const parsed = cutter.push(value).map((line) => JSON.parse(line) as KeyLine | KeyListEnd);
    const end = parsed.find((line): line is KeyListEnd => "done" in line);
    const lines = parsed.filter((line): line is KeyLine => !("done" in line));
    if (lines.length > 0) onLines(lines);
    if (end !== undefined) return end;
  }
}
