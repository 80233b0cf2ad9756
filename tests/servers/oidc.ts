/** A real OpenID Connect provider as a process of its own, and a browser that signs in with it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { freePort } from "./free-port";

export interface OidcProvider {
  readonly issuer: string;
  stop(): Promise<void>;
}

/** Starts it with one client, `memfleet` with the secret `client-s3cret`. */
export async function startOidcProvider(redirectUri: string): Promise<OidcProvider> {
  const port = await freePort();
  const script = join(import.meta.dirname, "oidc-provider.mjs");
  const child = spawn(process.execPath, [script, String(port), redirectUri], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const listening = once(child.stdout, "data");
  const ended = once(child, "exit").then(() => {
    throw new Error(`the provider ended: ${output}`);
  });
  await Promise.race([listening, ended]);
  ended.catch(() => {});
  return {
    issuer: `http://127.0.0.1:${port}`,
    stop: async () => {
      if (child.exitCode !== null) return;
      const exit = once(child, "exit");
      child.kill("SIGTERM");
      await exit;
    },
  };
}

/** Signs in at the provider from its authorization address on; gives the address it sends the browser back to. */
export async function passThrough(authorizationUrl: string, login: string, home: string): Promise<URL> {
  const jar = new Map<string, string>();
  let url = authorizationUrl;
  let body: URLSearchParams | null = null;
  for (let step = 0; step < 12; step++) {
    const response: Response = await fetch(url, {
      method: body === null ? "GET" : "POST",
      body,
      redirect: "manual",
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      jar.set(name, value);
    }
    const location = response.headers.get("location");
    const page = await response.text();
    body = null;
    if (location !== null) {
      url = new URL(location, url).href;
      if (url.startsWith(home)) return new URL(url);
      continue;
    }
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    if (prompt === undefined)
      throw new Error(`the provider answered ${response.status}: ${page.slice(0, 500)}`);
    url = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? "", url).href;
    body = new URLSearchParams({ prompt, ...(prompt === "login" ? { login, password: "x" } : {}) });
  }
  throw new Error("the provider sends the browser in circles");
}
