import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { Access } from "@/lib/access/access";
import { OIDC_CALLBACK_PATH } from "@/lib/access/oidc";
import type { Configuration, OidcSettings } from "@/lib/config/contract";
import { AuditRecords } from "@/lib/records/audit";
import { openRecords, type RecordsStore } from "@/lib/records/open";
import { type OidcProvider, passThrough, startOidcProvider } from "../../servers/oidc";

const HOME = "http://127.0.0.1:3299";

const realFetch = globalThis.fetch;

let provider: OidcProvider;
let directory: string;
let store: RecordsStore;
let oidc: OidcSettings;
let access: Access;
let audit: AuditRecords;
let clockMs: number;

beforeAll(async () => {
  provider = await startOidcProvider(`${HOME}${OIDC_CALLBACK_PATH}`);
  directory = mkdtempSync(join(tmpdir(), "memfleet-oidc-"));
  store = await openRecords(directory);
});
afterAll(async () => {
  await provider.stop();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

beforeEach(() => {
  clockMs = Date.now();
  oidc = {
    issuer: provider.issuer,
    clientId: "memfleet",
    clientSecret: "client-s3cret",
    scope: "openid profile",
    roleClaim: "groups",
    roles: { sre: "operator", root: "admin" },
  };
  audit = new AuditRecords(store, () => clockMs);
  const configuration = () =>
    ({
      auth: { users: [], tokens: [], oidc, trustedProxies: [], proxyHeader: null },
      listen: { host: "127.0.0.1", port: 3299 },
      publicUrl: null,
      readOnly: false,
    }) as unknown as Configuration;
  access = new Access(store, audit, configuration, () => clockMs);
});

/** The browser's cookie and the callback it comes back with. */
async function signInAs(login: string, next = "/"): Promise<{ headers: Headers; search: URLSearchParams }> {
  const { location, cookie } = await access.beginOidc(next);
  const back = await passThrough(location, login, HOME);
  return { headers: new Headers({ cookie: cookie.split(";")[0] as string }), search: back.searchParams };
}

describe("signing in with a provider", () => {
  test("gives a session with the largest role of the groups, and goes where the browser wanted", async () => {
    const { headers, search } = await signInAs("bob@sre+root+dev", "/nodes/a?tab=raw");
    const { actor, cookies, next } = await access.finishOidc(headers, search);
    const subject = `${provider.issuer}#bob@sre+root+dev`;
    expect(actor).toEqual({ name: "bob", role: "admin", via: "oidc", subject });
    expect(next).toBe("/nodes/a?tab=raw");
    const cookie = cookies[0]?.split(";")[0] ?? "";
    expect((await access.authenticate(new Headers({ cookie }))).actor).toEqual(actor);
    expect((await audit.find({ limit: 1 })).entries).toMatchObject([{ actor: "bob", outcome: "done" }]);
  });

  test("requests a code with PKCE, a state and a nonce, and returns to the configured address", async () => {
    const { location } = await access.beginOidc("/");
    expect(Object.fromEntries(new URL(location).searchParams)).toMatchObject({
      response_type: "code",
      code_challenge_method: "S256",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{20,}$/),
      nonce: expect.stringMatching(/^[\w-]{20,}$/),
      redirect_uri: `${HOME}${OIDC_CALLBACK_PATH}`,
    });
  });

  test("never goes to another site afterwards", async () => {
    for (const next of ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"]) {
      const { headers, search } = await signInAs("bob@sre", next);
      expect((await access.finishOidc(headers, search)).next).toBe("/");
    }
  });

  test("is refused without a group that has a role, and the refusal is recorded", async () => {
    const { headers, search } = await signInAs("eve@dev+__proto__");
    await expect(access.finishOidc(headers, search)).rejects.toMatchObject({ problem: "noRole" });
    expect((await audit.find({ limit: 1 })).entries).toMatchObject([
      { outcome: "refused", detail: "no role is assigned to this user" },
    ]);
  });

  test("is invalid in another browser, a second time, or after ten minutes", async () => {
    const { search } = await signInAs("bob@sre");
    const other = new Headers({ cookie: `memfleet-oidc-3299=${"A".repeat(43)}` });
    await expect(access.finishOidc(other, search)).rejects.toMatchObject({ problem: "expired" });

    const again = await signInAs("bob@sre");
    await access.finishOidc(again.headers, again.search);
    await expect(access.finishOidc(again.headers, again.search)).rejects.toMatchObject({
      problem: "expired",
    });

    const late = await signInAs("bob@sre");
    clockMs += 11 * 60_000;
    await expect(access.finishOidc(late.headers, late.search)).rejects.toMatchObject({ problem: "expired" });
  });

  test("1,040 anonymous starts push out nobody’s pending sign-in", async () => {
    const { headers, search } = await signInAs("bob@sre");
    for (let n = 0; n < 1_040; n++) await access.beginOidc("/");
    expect((await access.finishOidc(headers, search)).actor).toMatchObject({ name: "bob" });
  });

  test("keeps its state in the browser’s cookie, sealed: changed or unreadable, it is refused", async () => {
    const { headers, search } = await signInAs("bob@sre", "/nodes/a");
    const [name, sealed = ""] = (headers.get("cookie") ?? "").split("=");
    expect(Buffer.from(sealed, "base64url").toString("latin1")).not.toMatch(/nodes|verifier|nonce/);
    for (const changed of [sealed.slice(0, -2), `A${sealed.slice(1)}`, "", "A", "A".repeat(5_000), "é"]) {
      const cookie = new Headers({ cookie: `${name}=${encodeURIComponent(changed)}` });
      await expect(access.finishOidc(cookie, search)).rejects.toMatchObject({ problem: "expired" });
    }
    const forged = new URLSearchParams(search);
    forged.set("state", "A".repeat(43));
    await expect(access.finishOidc(headers, forged)).rejects.toMatchObject({ problem: "expired" });
    expect((await access.finishOidc(headers, search)).next).toBe("/nodes/a");
  });

  test("checks the signature of the ID token with the keys of the provider", async () => {
    const { headers, search } = await signInAs("bob@sre");
    const forge = vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      const response = await realFetch(input, init);
      if (!String(input).endsWith("/token")) return response;
      const tokens = (await response.json()) as { id_token: string };
      const [head = "", body = ""] = tokens.id_token.split(".");
      const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, unknown>;
      const altered = Buffer.from(JSON.stringify({ ...claims, groups: ["root"] })).toString("base64url");
      const signature = tokens.id_token.split(".")[2];
      return Response.json({ ...tokens, id_token: `${head}.${altered}.${signature}` });
    });
    try {
      await expect(access.finishOidc(headers, search)).rejects.toMatchObject({ problem: "provider" });
      expect(forge.mock.calls.some(([input]) => String(input).endsWith("/jwks"))).toBe(true);
    } finally {
      forge.mockRestore();
    }
  });

  test("is refused with a code that the provider did not issue", async () => {
    const { headers, search } = await signInAs("bob@sre");
    search.set("code", "A".repeat(43));
    await expect(access.finishOidc(headers, search)).rejects.toMatchObject({ problem: "provider" });
  });

  test("ends with the provider, or when another mapping of groups could give another role", async () => {
    const { headers, search } = await signInAs("bob@sre");
    const { cookies } = await access.finishOidc(headers, search);
    const cookie = cookies[0]?.split(";")[0] ?? "";
    oidc = { ...oidc, roles: { sre: "viewer" } };
    expect((await access.authenticate(new Headers({ cookie }))).actor).toBeNull();
  });

  test("reports that the provider cannot be reached", async () => {
    oidc = { ...oidc, issuer: "http://127.0.0.1:9" };
    await expect(access.beginOidc("/")).rejects.toMatchObject({ problem: "provider" });
  });
});
