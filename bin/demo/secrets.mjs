import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { Refusal } from "../process/refusal.mjs";
import { findProgram } from "../setup/system-packages.mjs";

export const USERNAME = "demo";

/**
 * @typedef {object} Secrets files of the demo's nodes, all under one folder
 * @property {string} password
 * @property {string} passwordFile
 * @property {string} saslFolder for SASL_CONF_PATH
 * @property {string} authfile
 * @property {string} certificate
 * @property {string} key
 */

/**
 * Makes a password, a real sasldb, an authfile and a certificate for 127.0.0.1.
 * @param {string} folder
 * @returns {Secrets}
 */
export function makeSecrets(folder) {
  const password = randomBytes(12).toString("hex");
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  const authfile = join(folder, "authfile");
  writeFileSync(authfile, `${USERNAME}:${password}\n`, { mode: 0o600 });
  return {
    password,
    passwordFile,
    authfile,
    saslFolder: makeSasl(folder, password),
    ...makeCertificate(folder),
  };
}

function makeSasl(folder, password) {
  const saslFolder = join(folder, "sasl");
  mkdirSync(saslFolder);
  const database = join(saslFolder, "sasldb2");
  const lines = [
    "mech_list: plain",
    "pwcheck_method: auxprop",
    "auxprop_plugin: sasldb",
    `sasldb_path: ${database}`,
  ];
  writeFileSync(join(saslFolder, "memcached.conf"), `${lines.join("\n")}\n`);
  // The server finds users in the realm of its own host name.
  const args = ["-p", "-c", "-f", database, "-a", "memcached", "-u", hostname(), USERNAME];
  runTool("saslpasswd2", args, password);
  return saslFolder;
}

function makeCertificate(folder) {
  const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  const names = ["-subj", "/CN=memfleet demo", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
  runTool("openssl", [
    "req",
    "-x509",
    "-nodes",
    "-days",
    "30",
    ...curve,
    ...names,
    "-keyout",
    key,
    "-out",
    certificate,
  ]);
  return { certificate, key };
}

function runTool(name, args, input) {
  const { status, stderr } = spawnSync(findProgram(name) ?? name, args, { input, encoding: "utf8" });
  if (status !== 0) throw new Refusal(`${name} failed: ${stderr?.trim()}`);
}
