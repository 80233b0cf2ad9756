import { isMap, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { ConfigurationProblem } from "@/lib/model/errors";
import { type ConfigurationPath, formatPath, type Origin } from "./problems";

/** A YAML file as plain values, with the line of each. */
export interface ConfigurationDocument extends Origin {
  readonly file: string;
  /** `{}` for an empty file. */
  readonly value: unknown;
  /** YAML syntax errors; with any, the value is unusable. */
  readonly syntaxProblems: readonly ConfigurationProblem[];
}

/** Reads YAML text (1.2, core schema). `file` is the name that problems carry. Never throws. */
export function readDocument(text: string, file: string): ConfigurationDocument {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true });
  const syntaxProblems = document.errors.map((error) => ({
    file,
    line: lineCounter.linePos(error.pos[0]).line,
    path: "",
    found: `invalid YAML (${firstLine(error.message)})`,
    allowed: "valid YAML",
  }));
  let value: unknown = {};
  if (syntaxProblems.length === 0) {
    try {
      value = document.toJS({ maxAliasCount: 100 }) ?? {};
    } catch (error) {
      const found = `invalid YAML (${firstLine(error instanceof Error ? error.message : "cannot be read")})`;
      syntaxProblems.push({ file, line: 1, path: "", found, allowed: "valid YAML" });
    }
  }
  return {
    file,
    value,
    syntaxProblems,
    problem(path, found, allowed) {
      const offset = offsetOf(document.contents, path);
      const line = offset === null ? 1 : lineCounter.linePos(offset).line;
      return { file, line, path: formatPath(path), found, allowed };
    },
  };
}

/** Offset of the key or list item at a path, or of its nearest existing ancestor. */
function offsetOf(root: Node | null, path: ConfigurationPath): number | null {
  let node: Node | null = root;
  let offset = node?.range?.[0] ?? null;
  for (const part of path) {
    if (isMap<Node, Node | null>(node)) {
      const pair = node.items.find((item) => String(item.key) === String(part));
      if (pair === undefined) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq<Node>(node)) {
      node = node.items[Number(part)] ?? null;
      offset = node?.range?.[0] ?? offset;
    } else {
      break;
    }
  }
  return offset;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
