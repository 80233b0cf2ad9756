import { type ErrorCode, isMap, isSeq, LineCounter, type Node, parseDocument } from "yaml";
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

/** What is wrong, in words of our own: the parser's messages quote the text, in which secrets are. */
const SYNTAX: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: "an alias with an anchor or a tag",
  BAD_ALIAS: "an alias without its anchor, or an anchor without a name",
  BAD_COLLECTION_TYPE: "a tag on another kind of value",
  BAD_DIRECTIVE: "an unknown directive",
  BAD_DQ_ESCAPE: "an unknown escape sequence in double quotes",
  BAD_INDENT: "wrong indentation",
  BAD_PROP_ORDER: "an anchor or a tag in the wrong place",
  BAD_SCALAR_START: "text that starts with a reserved character; put it in quotes",
  BLOCK_AS_IMPLICIT_KEY: "nested mappings on one line",
  BLOCK_IN_FLOW: "a block inside brackets or braces",
  DUPLICATE_KEY: "a key that occurs twice",
  IMPOSSIBLE: "text that can’t be read",
  KEY_OVER_1024_CHARS: "a key of more than 1024 characters",
  MISSING_CHAR: "a missing quote, comma, colon, bracket, or space",
  MULTILINE_IMPLICIT_KEY: "a key on several lines",
  MULTIPLE_ANCHORS: "two anchors for one value",
  MULTIPLE_DOCS: "more than one document",
  MULTIPLE_TAGS: "two tags for one value",
  NON_STRING_KEY: "a key that is not text",
  RESOURCE_EXHAUSTION: "too much nesting",
  TAB_AS_INDENT: "a tab as indentation",
  TAG_RESOLVE_FAILED: "an unknown tag; put text that starts with ! in quotes",
  UNEXPECTED_TOKEN: "unexpected text",
};

/** Reads YAML text (1.2, core schema). `file` is the name that problems carry. Never throws. */
export function readDocument(text: string, file: string): ConfigurationDocument {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    stringKeys: true,
    logLevel: "error",
  });
  const syntaxProblems = document.errors.map((error) => ({
    file,
    line: lineCounter.linePos(error.pos[0]).line,
    path: "",
    found: `invalid YAML (${SYNTAX[error.code]})`,
    allowed: "valid YAML",
  }));
  let value: unknown = {};
  if (syntaxProblems.length === 0) {
    try {
      value = document.toJS({ maxAliasCount: 100 }) ?? {};
    } catch {
      const found = "invalid YAML (an alias without its anchor, or too many aliases)";
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
