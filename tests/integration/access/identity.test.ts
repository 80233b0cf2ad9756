/** Two people of one name are two people: identity is how somebody signed in and who they are there. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Access } from "@/lib/access/access";
import { hashPassword } from "@/lib/access/password";
import { Sessions } from "@/lib/access/sessions";
import { Shares } from "@/lib/access/shares";
import type { AuthSettings, Configuration } from "@/lib/config/contract";
import type { Actor } from "@/lib/model/access.schema";
import { shareInputSchema } from "@/lib/model/share.schema";
import { ActionRecords } from "@/lib/records/actions";
import { AuditRecords } from "@/lib/records/audit";
import { openRecords, type RecordsStore } from "@/lib/records/open";
import { RECORD_MIGRATIONS } from "@/lib/records/tables/schema";
import { closeDatabase, openDatabase } from "@/lib/store/database";

const PEER = "x-test-peer";
const ISSUER = "https://id.test";

let directory: string;
let store: RecordsStore;
let audit: AuditRecords;
let auth: AuthSettings;
let access: Access;

beforeEach(async () => {
  Object.assign(globalThis, { [Symbol.for("memfleet.peerHeader")]: PEER });
  directory = mkdtempSync(join(tmpdir(), "memfleet-identity-"));
  auth = {
    users: [{ name: "alice", passwordHash: await hashPassword("correct horse"), role: "operator" }],
    tokens: [],
    oidc: null,
    trustedProxies: ["10.0.0.0/8"],
    proxyHeader: { user: "x-user", groups: "x-groups", roles: { sre: "operator" } },
  };
  await open();
});
afterEach(async () => {
  Reflect.deleteProperty(globalThis, Symbol.for("memfleet.peerHeader"));
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

async function open() {
  store = await openRecords(directory);
  audit = new AuditRecords(store, Date.now);
  const configuration = () =>
    ({ auth, listen: { host: "127.0.0.1", port: 3200 }, publicUrl: null, readOnly: false }) as Configuration;
  access = new Access(store, audit, configuration, Date.now);
}

const byProvider = (sub: string): Actor => ({
  name: "alice",
  role: "operator",
  via: "oidc",
  subject: `${ISSUER}#${sub}`,
});

async function byProxy(name = "alice"): Promise<Actor> {
  const headers = new Headers({ [PEER]: "10.0.0.1", "x-user": name, "x-groups": "sre" });
  const { actor } = await access.authenticate(headers);
  if (actor === null) throw new Error("the proxy’s user was not recognised");
  return actor;
}

async function local(): Promise<Actor> {
  const headers = new Headers({ [PEER]: "192.0.2.1" });
  return (await access.signIn(headers, { username: "alice", password: "correct horse" })).actor;
}

test("three people named alice, by proxy, provider and locally, are three in the audit and for shares", async () => {
  const people = [await local(), await byProxy(), byProvider("1"), byProvider("2")];
  const source = {
    poolNodes: () => [],
    checkNode: () => {},
    status: () => Promise.reject(new Error("unused")),
  };
  const shares = new Shares(store, audit, source, Date.now);
  for (const [index, creator] of people.entries()) {
    const { id } = await shares.make(creator, shareInputSchema.parse({ nodes: ["a:1"] }));
    for (const [other, person] of people.entries()) {
      const share = (await shares.list(person)).find((one) => one.id === id);
      expect(share).toMatchObject({ createdBy: "alice", mayRevoke: other === index });
      if (other !== index)
        await expect(shares.revoke(person, id)).rejects.toMatchObject({ name: "ForbiddenError" });
    }
    await shares.revoke(creator, id);
  }
  const { entries } = await audit.find({ kind: "share_create", limit: 10 });
  expect(entries.map(({ actor, identity }) => [actor, identity])).toEqual([
    ["alice", `oidc:${ISSUER}#2`],
    ["alice", `oidc:${ISSUER}#1`],
    ["alice", "proxy:alice"],
    ["alice", "password:alice"],
  ]);
  expect((await audit.find({ q: "proxy:alice", limit: 10 })).entries.length).toBeGreaterThan(0);
});

test("an idempotency key of one alice does not answer the request of another", async () => {
  const records = new ActionRecords(store, audit, Date.now);
  const begin = async (actor: Actor) => {
    const entry = { actor, kind: "flush_all", target: "a:1", input: {} } as const;
    return records.begin(entry, { pool: null, digest: "d", targets: [] }, "key");
  };
  const first = await begin(await local());
  const second = await begin(await byProxy());
  expect(second.existing).toBeNull();
  expect(await begin(await local())).toMatchObject({ id: first.id, existing: { digest: "d" } });
  expect(await records.keyed(byProvider("1"), "key")).toBeNull();
});

test("a session with the provider keeps who it is there", async () => {
  auth = {
    ...auth,
    oidc: {
      issuer: ISSUER,
      clientId: "m",
      clientSecret: null,
      scope: "openid",
      roleClaim: "groups",
      roles: {},
    },
  };
  const sessions = new Sessions(store, () => auth, Date.now);
  const { token } = await sessions.begin(byProvider("1"));
  expect((await sessions.find(token))?.actor).toEqual(byProvider("1"));
});

test("names of a proxy or provider are bounded and escaped, and stay different people", async () => {
  const long = "x".repeat(150);
  const [one, two] = [await byProxy(`${long}1`), await byProxy(`${long}2`)];
  expect(one.name).toBe(two.name);
  expect([...one.name]).toHaveLength(100);
  expect(one.subject).not.toBe(two.subject);
  // U+009B (a terminal’s control sequence introducer) is a byte that a header may hold.
  expect((await byProxy("al\u009bice")).name).toBe("al\\u{9b}ice");
  const tooLong = new Headers({ [PEER]: "10.0.0.1", "x-user": "x".repeat(251), "x-groups": "sre" });
  expect(await access.authenticate(tooLong)).toEqual({ actor: null, why: "nobody" });
});

test("rows of an earlier version keep their names; their shares are revoked by an admin, their provider sessions end", async () => {
  await store.close();
  rmSync(directory, { recursive: true });
  const migrations = RECORD_MIGRATIONS.slice(0, 4);
  const plan = {
    file: "memfleet.db",
    pageSize: 4096,
    migrations,
    maxBytes: null,
    synchronous: "FULL",
  } as const;
  const { connection } = openDatabase(directory, plan, 0);
  const far = Date.now() + 1_000_000;
  connection.exec(`
    INSERT INTO audit (at, actor, role, kind, target, input, idempotency)
      VALUES (1, 'alice', 'operator', 'flush_all', 'a:1', '{}', 'key');
    INSERT INTO action (audit, digest, state) VALUES (1, 'd', 'done');
    INSERT INTO session VALUES ('h1', 'alice', 'operator', 'oidc', 'c', 1, 1), ('h2', 'alice', 'operator', 'password', 'c', 1, 1);
    INSERT INTO share (id, token, settings, created_by, created, expires)
      VALUES ('s', 't', '{"nodes":[],"fields":[],"windowMs":1,"mode":"live","redacted":true,"label":null,"pool":null}',
        'alice', 1, ${far});
  `);
  closeDatabase(connection);
  await open();
  expect((await audit.find({ limit: 10 })).entries).toMatchObject([{ actor: "alice", identity: "" }]);
  expect(await store.call("session.get", { hash: "h1" })).toBeNull();
  expect(await store.call("session.get", { hash: "h2" })).toMatchObject({ actor: "alice", subject: null });
  const shares = new Shares(
    store,
    audit,
    { poolNodes: () => [], checkNode: () => {}, status: () => Promise.reject() },
    Date.now,
  );
  const alice = await local();
  expect(await shares.list(alice)).toMatchObject([{ createdBy: "alice", mayRevoke: false }]);
  expect(await shares.list({ ...alice, role: "admin" })).toMatchObject([{ mayRevoke: true }]);
  // A request that is repeated over the upgrade is not done again.
  expect(await new ActionRecords(store, audit, Date.now).keyed(alice, "key")).toEqual({ id: 1, digest: "d" });
});
