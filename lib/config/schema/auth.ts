import ipaddr from "ipaddr.js";
import { z } from "zod";
import { parsePasswordHash } from "@/lib/model/password-hash";
import { ROLES } from "@/lib/model/roles";
import { isLoopback } from "../listen";
import { mapping, oneOf, path, readText } from "./parts";

/* Schema of the section `auth`. */

const NAME = "a name of 1 to 100 characters without control characters";
const name = z.string({ error: NAME }).regex(/^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u, { error: NAME });
const role = oneOf(ROLES);

const PASSWORD_HASH = "a hash from `npm run hash-password`, starting with $scrypt$";
const passwordHash = readText(PASSWORD_HASH, (text) =>
  parsePasswordHash(text) === null ? { allowed: PASSWORD_HASH } : text,
);

const TOKEN_HASH =
  'sha256: and the 64 lower-case hexadecimal digits that `printf %s "$TOKEN" | sha256sum` prints';
const tokenHash = readText(TOKEN_HASH, (text) =>
  /^sha256:[0-9a-f]{64}$/.test(text) ? text.slice("sha256:".length) : { allowed: TOKEN_HASH },
);

const GROUPS = "a mapping of group names to roles, such as { sre: operator }";
const roles = z
  .record(z.string().min(1).max(250), role, {
    error: (issue) => (issue.code === "invalid_type" ? GROUPS : undefined),
  })
  .refine((map) => Object.keys(map).length > 0, { error: GROUPS })
  // A group may have any name, `__proto__` included.
  .transform((map) => Object.assign(Object.create(null) as Record<string, (typeof ROLES)[number]>, map));

const ISSUER = "the https address of an OpenID Connect issuer (http on loopback only)";
const issuer = readText(ISSUER, (text) => {
  if (!URL.canParse(text)) return { allowed: ISSUER };
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  const plain = username + password + search + hash === "";
  const local = protocol === "http:" && isLoopback(hostname.replace(/^\[|\]$/g, ""));
  return plain && (protocol === "https:" || local) ? text : { allowed: ISSUER };
});

const oidc = mapping({
  issuer,
  clientId: path("the client id registered with the issuer"),
  clientSecret: z.string({ error: "text; put it in quotes" }).min(1, { error: "text" }).optional(),
  clientSecretFile: path("the path of a client secret file").optional(),
  scope: z
    .string({ error: "scopes separated by spaces" })
    .regex(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/, { error: "scopes separated by spaces" })
    .default("openid profile email"),
  roleClaim: path("the name of a claim").default("groups"),
  roles,
});

const NETWORK = "an address or network such as 10.0.0.0/8";
const network = readText(NETWORK, (text) => {
  if (ipaddr.isValidCIDR(text)) return text;
  if (!ipaddr.isValid(text) || text.includes("%")) return { allowed: NETWORK };
  return ipaddr.parse(text).kind() === "ipv4" ? `${text}/32` : `${text}/128`;
});

const HEADER = "the name of a header";
const header = readText(HEADER, (text) =>
  /^[a-z0-9-]{1,100}$/i.test(text) ? text.toLowerCase() : { allowed: HEADER },
);

export const authSchema = mapping({
  users: z.array(mapping({ name, passwordHash, role }), { error: "a list of users" }).default([]),
  tokens: z.array(mapping({ name, hash: tokenHash, role }), { error: "a list of tokens" }).default([]),
  oidc: oidc.optional(),
  trustedProxies: z.array(network, { error: "a list of networks" }).default([]),
  proxyHeader: mapping({ user: header, groups: header, roles }).optional(),
});
export type AuthFileSettings = z.output<typeof authSchema>;
