/** Certificates as servers have them in practice: valid, expired, for another name. Made on the spot by openssl. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export interface Certificate {
  readonly certPath: string;
  readonly keyPath: string;
}

export interface CertificateAuthority {
  /** PEM. */
  readonly ca: string;
  readonly caPath: string;
  /** Issues a certificate for these alternative names, valid between the two times. */
  issue(name: string, altNames: string, valid: { from: Date; to: Date }): Promise<Certificate>;
  /** Takes everything away. */
  remove(): Promise<void>;
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

export async function makeAuthority(): Promise<CertificateAuthority> {
  const directory = await mkdtemp(join(tmpdir(), "memfleet-ca-"));
  const openssl = (...args: string[]) => promisify(execFile)("openssl", args, { cwd: directory });
  await openssl(
    "req",
    "-x509",
    ...KEY,
    "-days",
    "2",
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-subj",
    "/CN=Test CA",
  );
  await writeFile(join(directory, "index.txt"), "");
  await writeFile(join(directory, "serial"), "01\n");
  await writeFile(join(directory, "ca.cnf"), CONFIGURATION);
  const caPath = join(directory, "ca.pem");
  return {
    ca: await readFile(caPath, "utf8"),
    caPath,
    issue: async (name, altNames, { from, to }) => {
      await writeFile(join(directory, `${name}.ext`), `subjectAltName=${altNames}\n`);
      await openssl("req", ...KEY, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
      await openssl(
        ...["ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key"],
        ...["-in", `${name}.csr`, "-out", `${name}.pem`, "-extfile", `${name}.ext`],
        ...["-startdate", asn1(from), "-enddate", asn1(to)],
      );
      return { certPath: join(directory, `${name}.pem`), keyPath: join(directory, `${name}.key`) };
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

const CONFIGURATION = `[ca]
default_ca=own
[own]
database=index.txt
serial=serial
new_certs_dir=.
default_md=sha256
unique_subject=no
policy=any
[any]
commonName=supplied
`;

/** `YYYYMMDDHHMMSSZ` */
function asn1(time: Date): string {
  return `${time.toISOString().replace(/\D/g, "").slice(0, 14)}Z`;
}
