/** What protected nodes need on disk: a SASL database, an authfile, a certificate. Made on the spot. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

export const USERNAME = "memfleet";
/**
 * With the characters that break clients which put credentials into a URI; without a blank, which memcached
 * 1.6.18 refuses in an authfile sign-in.
 */
export const PASSWORD = "p@ss:w,rd/%41";

/** Writes a sasldb with one user. Returns the directory for `SASL_CONF_PATH`. */
export async function makeSaslDatabase(directory: string): Promise<string> {
  const path = join(directory, "sasl");
  const database = join(path, "sasldb2");
  await mkdir(path);
  const lines = [
    "mech_list: plain",
    "pwcheck_method: auxprop",
    "auxprop_plugin: sasldb",
    `sasldb_path: ${database}`,
  ];
  await writeFile(join(path, "memcached.conf"), `${lines.join("\n")}\n`);
  await run(
    "saslpasswd2",
    ["-p", "-c", "-f", database, "-a", "memcached", "-u", hostname(), USERNAME],
    PASSWORD,
  );
  return path;
}

/** Writes an authfile with one user. Returns its path. */
export async function writeAuthfile(directory: string): Promise<string> {
  const path = join(directory, "authfile");
  await writeFile(path, `${USERNAME}:${PASSWORD}\n`, { mode: 0o600 });
  return path;
}

/** Makes a self-signed certificate for 127.0.0.1 and localhost, valid for two days. */
export async function makeCertificate(directory: string): Promise<{ certPath: string; keyPath: string }> {
  const certPath = join(directory, "cert.pem");
  const keyPath = join(directory, "key.pem");
  await run("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
    ...["-keyout", keyPath, "-out", certPath, "-subj", "/CN=localhost"],
    ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
  ]);
  return { certPath, keyPath };
}

async function run(command: string, args: readonly string[], input = ""): Promise<void> {
  const path = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`;
  const child = spawn(command, [...args], {
    env: { ...process.env, PATH: path },
    stdio: ["pipe", "ignore", "pipe"],
  });
  let output = "";
  child.stderr.on("data", (chunk) => {
    output = `${output}${chunk}`.slice(-2_000);
  });
  // openssl ends without reading: what it did not want to hear is no fault.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${output}`);
}
