import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { BINARY, TEXT, TEXT_WITH_SIGN_IN } from "./commands.mjs";
import { DemoConnection } from "./connection.mjs";
import { USERNAME } from "./secrets.mjs";

/**
 * @typedef {object} Profile what one node's clients do
 * @property {string} name prefix of the keys
 * @property {number} gets per second, on average
 * @property {number} sets per second, on average
 * @property {number} keys that exist
 * @property {number} bytes of an average value
 * @property {number} seconds until an item expires; 0: never
 * @property {number} clients connections, on average
 * @property {number} waveSeconds length of its slow wave
 */

const TICK_MS = 100;
const HOT_SHARE = 0.15;
/** A cache that has been running for a while: this share of the keys is stored before the first poll. */
const WARM_SHARE = 0.9;
const WARM_PER_TICK = 600;
const NOISE = randomBytes(256 * 1024);

/**
 * Light traffic on every running node until closed: a few hundred requests per second in total.
 * @param {readonly import("./plan.mjs").DemoNode[]} nodes
 * @param {import("./secrets.mjs").Secrets} secrets
 */
export function startTraffic(nodes, secrets) {
  const authority = readFileSync(secrets.certificate);
  const drivers = nodes.filter((node) => node.runs).map((node) => new Driver(node, secrets, authority));
  const startedMs = Date.now();
  const timer = setInterval(() => {
    const seconds = (Date.now() - startedMs) / 1_000;
    for (const driver of drivers) driver.tick(seconds);
  }, TICK_MS);
  return {
    close() {
      clearInterval(timer);
      for (const driver of drivers) driver.close();
    },
  };
}

class Driver {
  #connections = [];
  #owed = { gets: 0, sets: 0 };
  #warmed = 0;

  constructor(node, secrets, authority) {
    const encoders = { sasl: BINARY, ascii: TEXT_WITH_SIGN_IN };
    this.encoder = encoders[node.signIn] ?? TEXT;
    this.profile = node.traffic;
    const greeting = this.encoder.signIn(USERNAME, secrets.password);
    this.connect = () => new DemoConnection(node.address, node.tls ? authority : null, greeting);
  }

  tick(seconds) {
    const { gets, sets, clients, waveSeconds } = this.profile;
    const wave = Math.sin((2 * Math.PI * seconds) / waveSeconds);
    this.#resize(Math.max(1, Math.round(clients * (1 + 0.6 * wave))));
    this.#warm();
    const share = (TICK_MS / 1_000) * (1 + 0.5 * wave) * (0.6 + 0.8 * Math.random());
    this.#owed.gets += gets * share;
    this.#owed.sets += sets * share;
    // Half a wave later reads reach more keys, so that hits and misses shift.
    const reach = 0.9 + 0.25 * Math.sin((2 * Math.PI * seconds) / (waveSeconds * 1.7) + 1);
    for (; this.#owed.gets >= 1; this.#owed.gets--) this.#send(this.#read(reach));
    for (; this.#owed.sets >= 1; this.#owed.sets--) this.#send(this.#write());
  }

  close() {
    this.#resize(0);
  }

  #warm() {
    const { name, keys } = this.profile;
    const until = Math.min(keys * WARM_SHARE, this.#warmed + WARM_PER_TICK);
    while (this.#warmed < until && this.#send(this.#store(`${name}:${this.#warmed}`))) this.#warmed++;
  }

  #read(reach) {
    const { name, keys, seconds } = this.profile;
    if (Math.random() < HOT_SHARE) return this.encoder.get(`${name}:hot`);
    const key = this.#key(keys * reach);
    if (Math.random() < 0.03) return this.encoder.touch(key, seconds);
    return this.encoder.get(key);
  }

  #write() {
    const { name, keys } = this.profile;
    const dice = Math.random();
    if (dice < 0.04) return this.encoder.remove(this.#key(keys));
    if (dice < 0.06) return this.encoder.increment(`${name}:visits`);
    return this.#store(dice < 0.1 ? `${name}:hot` : this.#key(keys));
  }

  /** Sizes from a quarter of the average to four times it, small ones more often: several slab classes fill. */
  #store(key) {
    const { bytes, seconds } = this.profile;
    const length = Math.round(bytes * 4 ** (Math.random() * 2 - 1));
    const start = Math.floor(Math.random() * (NOISE.length - length));
    return this.encoder.set(key, NOISE.subarray(start, start + length), seconds);
  }

  /** Low numbers are read more often, as with most real keys. */
  #key(keys) {
    return `${this.profile.name}:${Math.floor(keys * Math.random() ** 2)}`;
  }

  #send(bytes) {
    const index = Math.floor(Math.random() * this.#connections.length);
    return this.#connections[index]?.send(bytes) ?? false;
  }

  #resize(count) {
    while (this.#connections.length > count) this.#connections.pop().close();
    while (this.#connections.length < count) this.#connections.push(this.connect());
  }
}
