/** Loaded with `--import`: the wall clock of the process is shifted by the milliseconds in the file SHIFTED_CLOCK_FILE. */
import { readFileSync } from "node:fs";

const file = process.env.SHIFTED_CLOCK_FILE;
const { now } = Date;
let shift = 0;
setInterval(() => {
  shift = Number(readFileSync(file, "utf8")) || 0;
}, 50).unref();
Date.now = () => now() + shift;
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now());
    else super(...args);
  }
};
