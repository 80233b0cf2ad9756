import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readEnvironment } from "./environment";
import { type ConfigurationRead, readConfiguration } from "./load";
import { watchConfiguration } from "./watch";

/** Of the empty password; what it is a hash of does not matter here. */
const HASH = `$scrypt$ln=15,r=8,p=3$${"A".repeat(22)}$${"B".repeat(43)}`;
const TOKEN = `sha256:${"ab".repeat(32)}`;

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "memfleet-auth-"));
  file = join(folder, "memfleet.yaml");
  writeFileSync(join(folder, "secret"), "client-s3cret\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(auth: unknown, more: Record<string, unknown> = {}): ConfigurationRead {
  writeFileSync(file, JSON.stringify({ auth, ...more }));
  return readConfiguration(readEnvironment({ MEMFLEET_CWD: folder }));
}

const USERS = { users: [{ name: "alice", passwordHash: HASH, role: "admin" }] };

describe("the section auth", () => {
  test("is parsed with its secrets read and its addresses as networks", () => {
    const { configuration, problems } = read({
      ...USERS,
      tokens: [{ name: "ci", hash: TOKEN, role: "viewer" }],
      oidc: {
        issuer: "https://id.test",
        clientId: "m",
        clientSecretFile: "secret",
        roles: { sre: "operator" },
      },
      trustedProxies: ["10.0.0.0/8", "192.0.2.7", "fd00::1"],
      proxyHeader: { user: "X-Forwarded-User", groups: "X-Forwarded-Groups", roles: { sre: "operator" } },
    });
    expect(problems).toEqual([]);
    expect(configuration?.auth).toEqual({
      users: [{ name: "alice", passwordHash: HASH, role: "admin" }],
      tokens: [{ name: "ci", hash: "ab".repeat(32), role: "viewer" }],
      oidc: {
        issuer: "https://id.test",
        clientId: "m",
        clientSecret: "client-s3cret",
        scope: "openid profile email",
        roleClaim: "groups",
        roles: { sre: "operator" },
      },
      trustedProxies: ["10.0.0.0/8", "192.0.2.7/32", "fd00::1/128"],
      proxyHeader: { user: "x-forwarded-user", groups: "x-forwarded-groups", roles: { sre: "operator" } },
    });
  });

  test.each([
    [
      "a password instead of its hash",
      { users: [{ name: "a", passwordHash: "hunter2", role: "admin" }] },
      /npm run hash-password/,
    ],
    [
      "a hash that costs nothing",
      { users: [{ name: "a", passwordHash: HASH.replace("15", "4"), role: "admin" }] },
      /npm run/,
    ],
    ["a token instead of its hash", { tokens: [{ name: "a", hash: "hunter2", role: "admin" }] }, /sha256:/],
    [
      "an upper-case hash",
      { tokens: [{ name: "a", hash: TOKEN.toUpperCase(), role: "admin" }] },
      /lower-case/,
    ],
    [
      "a role that does not exist",
      { tokens: [{ name: "a", hash: TOKEN, role: "root" }] },
      /viewer, operator, admin/,
    ],
    ["two users of one name", { users: [USERS.users[0], USERS.users[0]] }, /unique/],
    [
      "an issuer in the clear",
      { oidc: { issuer: "http://id.test", clientId: "m", roles: { a: "viewer" } } },
      /https/,
    ],
    ["no roles", { oidc: { issuer: "https://id.test", clientId: "m", roles: {} } }, /mapping of group names/],
    [
      "headers that anybody could send",
      { proxyHeader: { user: "a", groups: "b", roles: { a: "viewer" } } },
      /trustedProxies/,
    ],
    ["a network that is none", { trustedProxies: ["10.0.0.0/33"] }, /network/],
    ["an unknown key", { passwords: [] }, /users, tokens, oidc/],
  ])("with %s is refused, and no secret is repeated", (_, auth, allowed) => {
    const { configuration, problems } = read(auth);
    expect(configuration).toBeNull();
    expect(problems.map((problem) => problem.allowed).join()).toMatch(allowed);
    expect(JSON.stringify(problems)).not.toMatch(/hunter2|B{43}/);
  });
});

describe("listening beyond loopback", () => {
  test.each([
    ["a user", USERS],
    ["a token", { tokens: [{ name: "ci", hash: TOKEN, role: "viewer" }] }],
    ["an issuer", { oidc: { issuer: "https://id.test", clientId: "m", roles: { a: "viewer" } } }],
  ])("is allowed with %s", (_, auth) => {
    expect(read(auth, { listen: "0.0.0.0:3000" }).configuration?.listen.host).toBe("0.0.0.0");
  });

  test.each([
    ["nothing", {}],
    ["empty lists", { users: [], tokens: [] }],
    ["trusted proxies that sign nobody in", { trustedProxies: ["10.0.0.0/8"] }],
  ])("is refused with %s, with the reason and two ways out", (_, auth) => {
    const { configuration, problems } = read(auth, { listen: "0.0.0.0:3000" });
    expect(configuration).toBeNull();
    expect(problems).toMatchObject([{ path: "listen" }]);
    expect(problems[0]?.allowed).toMatch(/no sign-in is configured.*configure `auth`.*ssh -L/);
  });

  test("still requires a sign-in after an edit, even one that also moves listen to loopback", async () => {
    read(USERS, { listen: "0.0.0.0:3000" });
    const source = watchConfiguration(readEnvironment({ MEMFLEET_CWD: folder }), { everyMs: 5 });
    try {
      const refused = new Promise<void>((resolve) => source.onChange(resolve));
      await sleep(20);
      read({}, { listen: "127.0.0.1:3000" });
      await refused;
      expect(source.rejected()?.detail).toMatch(/no sign-in is configured/);
      expect(source.current().auth.users).toHaveLength(1);
    } finally {
      source.close();
    }
  });
});
