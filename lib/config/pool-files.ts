import { createPrivateKey, X509Certificate } from "node:crypto";
import { resolve } from "node:path";
import type { NodeCredentials, NodeTls } from "@/lib/memcached/contract";
import { type FileStamps, readTextFile } from "./file-stamp";
import type { ConfigurationPath } from "./problems";
import type { CredentialSettings, TlsSettings } from "./schema/root";

/** For reading files that the configuration names, and for reporting what is wrong with them. */
export interface PoolFileContext {
  /** Base of relative paths: the folder of the configuration file. */
  readonly folder: string;
  readonly stamps: FileStamps;
  refuse(path: ConfigurationPath, found: string, allowed: string): void;
}

/** The credentials of a pool, its password read. Null after reporting why they are unusable. */
export function readCredentials(
  kind: NodeCredentials["kind"],
  settings: CredentialSettings,
  path: ConfigurationPath,
  context: PoolFileContext,
): NodeCredentials | null {
  const password = readEither(settings, "password", "passwordFile", path, context);
  if (password === undefined) {
    if (!("password" in settings) && !("passwordFile" in settings)) {
      context.refuse(path, "no password", "password or passwordFile");
    }
    return null;
  }
  // Editors and `echo` end a file with a line break that is not part of the password.
  const value = settings.passwordFile === undefined ? password : password.replace(/\r?\n$/, "");
  const key = settings.passwordFile === undefined ? "password" : "passwordFile";
  if (value === "" || hasControl(value)) {
    context.refuse(
      [...path, key],
      value === "" ? "an empty password" : "a control character",
      "one line of text",
    );
    return null;
  }
  return { kind, username: settings.username, password: value };
}

/** The TLS settings of a pool, its files read and checked. */
export function readTls(settings: TlsSettings, path: ConfigurationPath, context: PoolFileContext): NodeTls {
  const ca = readEither(settings, "ca", "caFile", path, context);
  const cert = readEither(settings, "cert", "certFile", path, context);
  const key = readEither(settings, "key", "keyFile", path, context);
  const at = (name: "ca" | "cert" | "key") => [...path, settings[name] === undefined ? `${name}File` : name];
  if (ca !== undefined) checkCertificates(ca, at("ca"), context);
  const certificate = cert === undefined ? null : checkCertificates(cert, at("cert"), context);
  const privateKey = key === undefined ? null : checkKey(key, at("key"), context);
  if (cert !== undefined && key === undefined && settings.keyFile === undefined) {
    context.refuse(at("cert"), "a certificate without a key", "key or keyFile");
  }
  if (key !== undefined && cert === undefined && settings.certFile === undefined) {
    context.refuse(at("key"), "a key without a certificate", "cert or certFile");
  }
  if (certificate !== null && privateKey !== null && !certificate.checkPrivateKey(privateKey)) {
    context.refuse(at("key"), "a key that does not match the certificate", "the key of the certificate");
  }
  return { ca, cert, key, servername: settings.servername, insecureSkipVerify: settings.insecureSkipVerify };
}

/** The inline value or the content of the file; undefined without either, or after reporting a problem. */
export function readEither<Name extends string, FileName extends string>(
  settings: { readonly [Key in Name | FileName]?: string },
  name: Name,
  fileName: FileName,
  path: ConfigurationPath,
  context: PoolFileContext,
): string | undefined {
  const inline: string | undefined = settings[name];
  const file: string | undefined = settings[fileName];
  if (file === undefined) return inline;
  if (inline !== undefined) {
    context.refuse([...path, fileName], `both ${name} and ${fileName}`, `one of them`);
    return undefined;
  }
  const absolute = resolve(context.folder, file);
  try {
    return readTextFile(absolute, context.stamps);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "cannot be read";
    // The path is hidden: the secret itself may have been written there.
    context.refuse(
      [...path, fileName],
      `a file that can’t be read: ${reason}`,
      "the path of a readable file",
    );
    return undefined;
  }
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

function checkCertificates(
  text: string,
  path: ConfigurationPath,
  context: PoolFileContext,
): X509Certificate | null {
  const blocks = text.match(PEM_CERTIFICATE) ?? [];
  try {
    const [first] = blocks.map((block) => new X509Certificate(block));
    if (first !== undefined) return first;
  } catch {
    // Reported below: there are PEM markers, but no certificate between them.
  }
  context.refuse(path, "no readable certificate", "certificates in PEM form (-----BEGIN CERTIFICATE-----)");
  return null;
}

function checkKey(text: string, path: ConfigurationPath, context: PoolFileContext) {
  try {
    return createPrivateKey(text);
  } catch {
    context.refuse(path, "no readable private key", "a private key in PEM form without a passphrase");
    return null;
  }
}

function hasControl(text: string): boolean {
  return [...text].some((character) => character < " " || character === "\u007f");
}
