// An OpenID Connect provider on loopback: `node oidc-provider.mjs <port> <redirect URI>`. Every login name is an
// account; its groups are what follows the first `@`, separated by `+`.
import Provider from "oidc-provider";

const [port, redirectUri] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "memfleet",
      client_secret: "client-s3cret",
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: "client_secret_post",
    },
  ],
  claims: { openid: ["sub"], profile: ["preferred_username", "groups"] },
  cookies: { keys: ["only for tests"] },
  pkce: { required: () => true },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      preferred_username: id.split("@")[0],
      groups: id.split("@")[1]?.split("+") ?? [],
    }),
  }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
