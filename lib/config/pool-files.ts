import { createPrivateKey, X509Certificate } from "node:crypto";
import { resolve } from "node:path";
import type { NodeCredentials, NodeTls } from "@/lib/memcached/contract";
import { type FileStamps, readTextFile } from "./file-stamp";
import type { ConfigurationPath } from "./problems";
import type { CredentialSettings, TlsSettings } from "./schema/root";

/** What reading a pool's files needs, and where it says what is wrong. */
export interface PoolFileContext {
  /** What relative paths are relative to: the folder of the configuration file. */
  readonly folder: string;
  readonly stamps: FileStamps;
  refuse(path: ConfigurationPath, found: string, allowed: string): void;
}

/** The sign-in of a pool, its password read. Null when it could not be made; the reason has been refused then. */
export function readCredentials(
  kind: NodeCredentials["kind"],
  settings: CredentialSettings,
  path: ConfigurationPath,
  reading: PoolFileContext,
): NodeCredentials | null {
  const password = readEither(settings, "password", "passwordFile", path, reading);
  if (password === undefined) {
    if (!("password" in settings) && !("passwordFile" in settings)) {
      reading.refuse(path, "no password", "password or passwordFile");
    }
    return null;
  }
  // Editors and `echo` end a file with a line break that is not part of the password.
  const value = settings.passwordFile === undefined ? password : password.replace(/\r?\n$/, "");
  const key = settings.passwordFile === undefined ? "password" : "passwordFile";
  if (value === "" || hasControl(value)) {
    reading.refuse(
      [...path, key],
      value === "" ? "an empty password" : "a control character",
      "one line of text",
    );
    return null;
  }
  return { kind, username: settings.username, password: value };
}

/** The TLS settings of a pool, its files read and checked. */
export function readTls(settings: TlsSettings, path: ConfigurationPath, reading: PoolFileContext): NodeTls {
  const ca = readEither(settings, "ca", "caFile", path, reading);
  const cert = readEither(settings, "cert", "certFile", path, reading);
  const key = readEither(settings, "key", "keyFile", path, reading);
  const at = (name: "ca" | "cert" | "key") => [...path, settings[name] === undefined ? `${name}File` : name];
  if (ca !== undefined) checkCertificates(ca, at("ca"), reading);
  const certificate = cert === undefined ? null : checkCertificates(cert, at("cert"), reading);
  const privateKey = key === undefined ? null : checkKey(key, at("key"), reading);
  if (cert !== undefined && key === undefined && settings.keyFile === undefined) {
    reading.refuse(at("cert"), "a certificate without its key", "key or keyFile beside it");
  }
  if (key !== undefined && cert === undefined && settings.certFile === undefined) {
    reading.refuse(at("key"), "a key without its certificate", "cert or certFile beside it");
  }
  if (certificate !== null && privateKey !== null && !certificate.checkPrivateKey(privateKey)) {
    reading.refuse(at("key"), "a key of another certificate", "the key that belongs to cert");
  }
  return { ca, cert, key, servername: settings.servername, insecureSkipVerify: settings.insecureSkipVerify };
}

/** The inline value or the content of the file; undefined when neither is there, or something is wrong. */
export function readEither<Name extends string, FileName extends string>(
  settings: { readonly [Key in Name | FileName]?: string },
  name: Name,
  fileName: FileName,
  path: ConfigurationPath,
  reading: PoolFileContext,
): string | undefined {
  const inline: string | undefined = settings[name];
  const file: string | undefined = settings[fileName];
  if (file === undefined) return inline;
  if (inline !== undefined) {
    reading.refuse([...path, fileName], `both ${name} and ${fileName}`, `one of them`);
    return undefined;
  }
  const absolute = resolve(reading.folder, file);
  try {
    return readTextFile(absolute, reading.stamps);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "it cannot be read";
    reading.refuse([...path, fileName], `${JSON.stringify(absolute)}, ${reason}`, "a file that can be read");
    return undefined;
  }
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

function checkCertificates(
  text: string,
  path: ConfigurationPath,
  reading: PoolFileContext,
): X509Certificate | null {
  const blocks = text.match(PEM_CERTIFICATE) ?? [];
  try {
    const [first] = blocks.map((block) => new X509Certificate(block));
    if (first !== undefined) return first;
  } catch {
    // Told below: the marks of PEM are there, but not a certificate between them.
  }
  reading.refuse(path, "no readable certificate", "certificates in PEM form (-----BEGIN CERTIFICATE-----)");
  return null;
}

function checkKey(text: string, path: ConfigurationPath, reading: PoolFileContext) {
  try {
    return createPrivateKey(text);
  } catch {
    reading.refuse(path, "no readable private key", "a private key in PEM form without a passphrase");
    return null;
  }
}

function hasControl(text: string): boolean {
  return [...text].some((character) => character < " " || character === "\u007f");
}
