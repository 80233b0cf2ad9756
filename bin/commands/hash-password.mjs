import { randomBytes, scrypt } from "node:crypto";
import { createInterface } from "node:readline";
import { Refusal } from "../process/refusal.mjs";

/** Cost of the server's hashes (RFC 7914; N = 2^15): 32 MiB and a few tenths of a second per guess. */
const COST = { ln: 15, r: 8, p: 3 };

/**
 * Prints the hash of a password for `auth.users` of the configuration. Reads the password from the terminal without
 * echo, or from the first line of standard input; never from an argument, which other users could see.
 */
export async function run(args, stop) {
  if (args.length > 0)
    throw new Refusal(
      "hash-password takes no arguments. It prompts for the password or reads standard input.",
      2,
    );
  const password = process.stdin.isTTY ? await promptTwice(stop) : await firstLine();
  if (password === "") throw new Refusal("The password must not be empty.");
  console.log(await hash(password.normalize("NFC")));
  return 0;
}

async function promptTwice(stop) {
  const password = await hidden("Password: ", stop);
  if (password !== (await hidden("Repeat password: ", stop)))
    throw new Refusal("The passwords do not match.");
  return password;
}

/** One line from the terminal without echo. */
function hidden(prompt, stop) {
  process.stderr.write(prompt);
  const { stdin } = process;
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stdin.resume();
  return new Promise((resolve, reject) => {
    let line = "";
    const end = (settle) => {
      stdin.off("data", take);
      stop.removeEventListener("abort", abort);
      stdin.setRawMode(false);
      stdin.pause();
      process.stderr.write("\n");
      settle();
    };
    const abort = () => end(() => reject(new Refusal("", 130)));
    const take = (text) => {
      for (const character of text) {
        if (character === "\r" || character === "\n") return end(() => resolve(line));
        if (character === "\u0003" || character === "\u0004") return abort();
        if (character === "\u007f" || character === "\b") line = [...line].slice(0, -1).join("");
        else if (character >= " ") line += character;
      }
    };
    stdin.on("data", take);
    stop.addEventListener("abort", abort, { once: true });
  });
}

async function firstLine() {
  for await (const line of createInterface({ input: process.stdin })) return line;
  return "";
}

function hash(password) {
  const salt = randomBytes(16);
  const N = 2 ** COST.ln;
  return new Promise((resolve, reject) => {
    scrypt(password, salt, 32, { N, r: COST.r, p: COST.p, maxmem: 256 * N * COST.r }, (error, key) => {
      const [s, k] = [salt, key].map((bytes) => bytes?.toString("base64").replace(/=+$/, ""));
      if (error) reject(error);
      else resolve(`$scrypt$ln=${COST.ln},r=${COST.r},p=${COST.p}$${s}$${k}`);
    });
  });
}
