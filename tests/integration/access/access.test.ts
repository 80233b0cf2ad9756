import crypto, { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { Access } from "@/lib/access/access";
import { hashPassword } from "@/lib/access/password";
import type { AuthSettings, Configuration } from "@/lib/config/contract";
import { HOUR_MS } from "@/lib/model/time";
import { AuditRecords } from "@/lib/records/audit";
import { openRecords, type RecordsStore } from "@/lib/records/open";

const PEER = "x-test-peer";
const ALICE = { username: "alice", password: "correct horse" };

let directory: string;
let store: RecordsStore;
let auth: AuthSettings;
let access: Access;
let audit: AuditRecords;
let clockMs: number;
let listen = { host: "127.0.0.1", port: 3200 };
let publicUrl: string | null = null;
let aliceHash: string;

beforeAll(async () => {
  aliceHash = await hashPassword(ALICE.password);
  Object.assign(globalThis, { [Symbol.for("memfleet.peerHeader")]: PEER });
});
afterAll(() => {
  Reflect.deleteProperty(globalThis, Symbol.for("memfleet.peerHeader"));
});

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "memfleet-access-"));
  store = await openRecords(directory);
  clockMs = 1_800_000_000_000;
  auth = {
    users: [{ name: "alice", passwordHash: aliceHash, role: "operator" }],
    tokens: [{ name: "ci", hash: createHash("sha256").update("s3cret").digest("hex"), role: "viewer" }],
    oidc: null,
    trustedProxies: ["10.0.0.0/8"],
    proxyHeader: { user: "x-user", groups: "x-groups", roles: { sre: "operator", root: "admin" } },
  };
  listen = { host: "127.0.0.1", port: 3200 };
  publicUrl = null;
  audit = new AuditRecords(store, () => clockMs);
  const configuration = () => ({ auth, listen, publicUrl, readOnly: false }) as Configuration;
  access = new Access(store, audit, configuration, () => clockMs);
  return async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  };
});

const headers = (more: Record<string, string> = {}) => new Headers({ [PEER]: "192.0.2.1", ...more });

async function signIn(more: Record<string, string> = {}): Promise<string> {
  const { cookies } = await access.signIn(headers(more), ALICE);
  return cookies[0]?.split(";")[0] ?? "";
}
const who = async (cookie: string) => (await access.authenticate(headers({ cookie }))).actor;

describe("a session", () => {
  test("starts with the correct password and returns the user", async () => {
    expect(await who(await signIn())).toEqual({ name: "alice", role: "operator", via: "password" });
  });

  test("has a cookie that scripts cannot read; with HTTPS no other host can set it", async () => {
    const plain = (await access.signIn(headers(), ALICE)).cookies[0];
    expect(plain).toMatch(/^memfleet-3200=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=604800$/);
    publicUrl = "https://memfleet.test";
    const secure = (await access.signIn(headers(), ALICE)).cookies[0];
    expect(secure).toMatch(
      /^__Host-memfleet=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=604800$/,
    );
  });

  test("is never the one that a cookie named before signing in", async () => {
    const planted = `memfleet-3200=${"A".repeat(43)}`;
    const cookie = await signIn({ cookie: planted });
    expect(cookie).not.toBe(planted);
    expect(await who(planted)).toBeNull();
  });

  test("replaces the browser's previous one", async () => {
    const first = await signIn();
    const second = await signIn({ cookie: first });
    expect(await who(first)).toBeNull();
    expect(await who(second)).not.toBeNull();
  });

  test("ends after 8 hours without a request", async () => {
    const cookie = await signIn();
    clockMs += 8 * HOUR_MS - 1;
    expect(await who(cookie)).not.toBeNull();
    clockMs += 8 * HOUR_MS;
    expect(await who(cookie)).toBeNull();
  });

  test("ends after 7 days, regardless of activity", async () => {
    const cookie = await signIn();
    for (let hours = 0; hours < 7 * 24 - 6; hours += 6) {
      clockMs += 6 * HOUR_MS;
      expect(await who(cookie)).not.toBeNull();
    }
    clockMs += 6 * HOUR_MS;
    expect(await who(cookie)).toBeNull();
  });

  test("ends when the user's password changes, also when it is changed back", async () => {
    const cookie = await signIn();
    const before = auth;
    auth = { ...auth, users: [{ name: "alice", passwordHash: await hashPassword("new"), role: "operator" }] };
    expect(await who(cookie)).toBeNull();
    auth = before;
    expect(await who(cookie)).toBeNull();
  });

  test("ends with the user, and has the current role", async () => {
    const cookie = await signIn();
    auth = { ...auth, users: [{ name: "alice", passwordHash: aliceHash, role: "viewer" }] };
    expect(await who(cookie)).toMatchObject({ role: "viewer" });
    auth = { ...auth, users: [] };
    expect(await who(cookie)).toBeNull();
  });

  test("ends with signing out, and is nowhere on the disk in a usable form", async () => {
    const cookie = await signIn();
    const token = cookie.split("=")[1] as string;
    for (const file of readdirSync(directory)) {
      expect(readFileSync(join(directory, file)).includes(token), file).toBe(false);
    }
    const { actor, session } = (await access.authenticate(headers({ cookie }))) as never as {
      actor: { name: string; role: "operator"; via: "password" };
      session: { hash: string } & Parameters<Access["signOut"]>[2];
    };
    expect(await access.signOut(headers({ cookie }), actor, session)).toMatch(
      /^memfleet-3200=; .*Max-Age=0$/,
    );
    expect(await who(cookie)).toBeNull();
  });
});

describe("the caller", () => {
  test("is identified by a token, and by no similar one", async () => {
    const send = (authorization: string) => access.authenticate(headers({ authorization }));
    expect(await send("Bearer s3cret")).toMatchObject({
      actor: { name: "ci", role: "viewer", via: "token" },
    });
    expect(await send("Bearer s3cres")).toEqual({ actor: null, why: "badToken" });
    const hash = createHash("sha256").update("s3cret").digest("hex");
    expect(await send(`Bearer ${hash}`)).toEqual({ actor: null, why: "badToken" });
    expect(await send("Basic s3cret")).toEqual({ actor: null, why: "nobody" });
  });

  test("is taken from a proxy's headers only if the proxy is trusted", async () => {
    const proxyHeaders = { "x-user": "bob", "x-groups": "dev, sre" };
    const from = (peer: string, more = {}) =>
      access.authenticate(headers({ [PEER]: peer, ...proxyHeaders, ...more }));
    expect(await from("10.1.2.3")).toMatchObject({ actor: { name: "bob", role: "operator", via: "proxy" } });
    expect(await from("::ffff:10.1.2.3")).toMatchObject({ actor: { name: "bob" } });
    expect(await from("192.0.2.1")).toEqual({ actor: null, why: "nobody" });
    expect(await from("192.0.2.1", { "x-forwarded-for": "10.1.2.3" })).toEqual({
      actor: null,
      why: "nobody",
    });
    expect(await from("10.1.2.3", { "x-groups": "dev, __proto__" })).toEqual({ actor: null, why: "noRole" });
  });

  test("is everyone on loopback without sign-in, and nobody beyond loopback", async () => {
    auth = { users: [], tokens: [], oidc: null, trustedProxies: [], proxyHeader: null };
    expect(await access.authenticate(headers())).toMatchObject({ actor: { role: "admin", via: "open" } });
    listen = { host: "0.0.0.0", port: 3200 };
    expect(await access.authenticate(headers())).toEqual({ actor: null, why: "nobody" });
  });
});

describe("guessing", () => {
  const wrong = (username: string, more: Record<string, string> = {}) =>
    access.signIn(headers(more), { username, password: "wrong" }).then(
      () => "let in",
      (error: Error) => `${error.name}: ${error.message}`,
    );

  test("a thousand times from one address is blocked, and locks nobody else out", async () => {
    const answers: string[] = [];
    for (let n = 0; n < 1_000; n++) answers.push(await wrong("alice"));
    expect(answers.filter((answer) => answer.startsWith("NotSignedInError")).length).toBe(10);
    expect(answers.at(-1)).toMatch(/TooManyError/);
    await expect(access.signIn(headers({ [PEER]: "192.0.2.2" }), ALICE)).resolves.toBeDefined();
    clockMs += 10 * 60_000;
    await expect(access.signIn(headers(), ALICE)).resolves.toBeDefined();
  });

  test("is counted by the socket's address: a forged X-Forwarded-For changes nothing", async () => {
    const answers = [];
    for (let n = 0; n < 12; n++) answers.push(await wrong("alice", { "x-forwarded-for": `198.51.100.${n}` }));
    expect(answers.at(-1)).toMatch(/TooManyError/);
  });

  test("behind a trusted proxy is counted by the last address that the proxy vouches for", async () => {
    const via = (client: string) => ({ [PEER]: "10.0.0.1", "x-forwarded-for": `203.0.113.9, ${client}` });
    for (let n = 0; n < 12; n++) await wrong("alice", via("198.51.100.7"));
    await expect(access.signIn(headers(via("198.51.100.7")), ALICE)).rejects.toThrow(/too many/);
    await expect(access.signIn(headers(via("198.51.100.8")), ALICE)).resolves.toBeDefined();
  });

  test("does not reveal whether the user or the password was wrong, by message or by work", async () => {
    expect(await wrong("mallory")).toBe(await wrong("alice"));
    const work = async (username: string) => {
      const derive = vi.spyOn(crypto, "scrypt");
      syncBuiltinESMExports();
      try {
        await wrong(username);
        return derive.mock.calls.map(([, , bytes, options]) => [bytes, options]);
      } finally {
        derive.mockRestore();
        syncBuiltinESMExports();
      }
    };
    const known = await work("alice");
    expect(known).toEqual([[32, expect.objectContaining({ N: expect.any(Number), r: 8 })]]);
    expect(await work("mallory")).toEqual(known);
  });

  test("is recorded in the audit, without the input", async () => {
    await wrong("alice");
    await wrong("my-password-by-mistake");
    await signIn();
    const { entries } = await audit.find({ limit: 10 });
    expect(entries).toMatchObject([
      { kind: "sign_in", actor: "alice", role: "operator", outcome: "done" },
      { kind: "sign_in", actor: "", outcome: "refused", detail: "unknown user" },
      { kind: "sign_in", actor: "alice", outcome: "refused", detail: "wrong password" },
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/by-mistake|correct horse|"wrong"/);
    expect(entries[0]?.input).toEqual({ via: "password", address: "192.0.2.1" });
  });
});
