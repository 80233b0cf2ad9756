/** Shell examples of the documents, split into commands. Knows what the documents use, not all of a shell. */

export interface Command {
  /** Variables set for this command alone. */
  readonly variables: readonly string[];
  readonly program: string;
  readonly args: readonly string[];
}

/** Commands of a block: one per line, pipe and list element. Comments and continuation lines are understood. */
export function commandsIn(block: string): Command[] {
  return block
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .flatMap((line) => splitCommands(wordsOf(line)));
}

/** Words of a line with quotes removed; operators stay words of their own. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  const token = /\s*(?:(#.*)|(\|\||&&|[|;&])|((?:'[^']*'|"[^"]*"|[^\s'"|;&])+))/gy;
  for (const [, comment, operator, word] of line.matchAll(token)) {
    if (comment !== undefined) break;
    if (operator !== undefined) words.push(operator);
    else if (word !== undefined) words.push(word.replaceAll(/'([^']*)'|"([^"]*)"/g, "$1$2"));
  }
  return words;
}

const OPERATORS = new Set(["|", "||", "&&", ";", "&"]);

function splitCommands(words: readonly string[]): Command[] {
  const commands: string[][] = [[]];
  for (const word of words) {
    if (OPERATORS.has(word)) commands.push([]);
    else commands.at(-1)?.push(word);
  }
  return commands.filter((command) => command.length > 0).map(commandOf);
}

function commandOf(words: readonly string[]): Command {
  const start = words.findIndex((word) => !/^[A-Z_][A-Z0-9_]*=/.test(word));
  const variables = start === -1 ? words : words.slice(0, start);
  const [program = "", ...args] = start === -1 ? [] : words.slice(start);
  return { variables: variables.map((word) => word.replace(/=.*$/s, "")), program, args };
}
