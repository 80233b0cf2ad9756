/*
 * Requests of the demo's traffic as bytes. Answers are not read: memcached counts hits and misses itself. The text
 * protocol is that of memcached's doc/protocol.txt, the binary one of doc/protocol-binary.xml.
 */

/**
 * @typedef {object} Encoder
 * @property {(username: string, password: string) => Buffer | null} signIn null when there is no sign-in
 * @property {(key: string) => Buffer} get
 * @property {(key: string, value: Buffer, seconds: number) => Buffer} set
 * @property {(key: string) => Buffer} remove
 * @property {(key: string, seconds: number) => Buffer} touch
 * @property {(key: string) => Buffer} increment starts at 0
 */

const line = (...parts) => Buffer.from(`${parts.join(" ")}\r\n`);
const NEW_LINE = Buffer.from("\r\n");

function store(key, seconds, value) {
  return Buffer.concat([line("set", key, 0, seconds, value.length), value, NEW_LINE]);
}

/** @type {Encoder} */
export const TEXT = {
  signIn: () => null,
  get: (key) => line("get", key),
  set: (key, value, seconds) => store(key, seconds, value),
  remove: (key) => line("delete", key),
  touch: (key, seconds) => line("touch", key, seconds),
  increment: (key) => Buffer.concat([line("add", key, 0, 0, 1), Buffer.from("0\r\n"), line("incr", key, 1)]),
};

/** The first `set` of a connection to an authfile server carries user name and password. */
export const TEXT_WITH_SIGN_IN = {
  ...TEXT,
  signIn: (username, password) => store("sign-in", 0, Buffer.from(`${username} ${password}`)),
};

const OPCODE = { get: 0x00, set: 0x01, delete: 0x04, increment: 0x05, touch: 0x1c, saslAuth: 0x21 };

function frame(opcode, key, extras, value) {
  const header = Buffer.alloc(24);
  header[0] = 0x80;
  header[1] = opcode;
  header.writeUInt16BE(Buffer.byteLength(key), 2);
  header[4] = extras.length;
  header.writeUInt32BE(extras.length + Buffer.byteLength(key) + value.length, 8);
  return Buffer.concat([header, extras, Buffer.from(key), value]);
}

const NONE = Buffer.alloc(0);
function words(...numbers) {
  const buffer = Buffer.alloc(numbers.length * 4);
  for (const [index, number] of numbers.entries()) buffer.writeUInt32BE(number, index * 4);
  return buffer;
}

/** @type {Encoder} */
export const BINARY = {
  // RFC 4616: authorisation identity (empty), user name, password.
  signIn: (username, password) =>
    frame(OPCODE.saslAuth, "PLAIN", NONE, Buffer.from(`\0${username}\0${password}`)),
  get: (key) => frame(OPCODE.get, key, NONE, NONE),
  set: (key, value, seconds) => frame(OPCODE.set, key, words(0, seconds), value),
  remove: (key) => frame(OPCODE.delete, key, NONE, NONE),
  touch: (key, seconds) => frame(OPCODE.touch, key, words(seconds), NONE),
  // Extras: amount and initial value of 64 bits each, expiry.
  increment: (key) => frame(OPCODE.increment, key, words(0, 1, 0, 0, 0), NONE),
};
