import { webcrypto, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addDays, type Clock, hex } from "../base/index.js";
import type { Tls } from "./listener.js";

const CA_DAYS = 3650;
const SERVER_DAYS = 825;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Where the local CA's certificate lies: what `AWS_CA_BUNDLE` points to. */
export const caFile = (dataFolder: string) => join(dataFolder, "tls", "ca.pem");

/**
 * The server's certificate, signed by a CA that is made for this data folder on first use. The CA's own key is
 * never written: a new server certificate comes with a new CA. One is made where `domain`, below which buckets have
 * names, is not in the certificate that is there.
 */
export async function localCertificate(
  dataFolder: string,
  clock: Clock,
  random: (count: number) => Uint8Array,
  domain = "",
): Promise<Tls> {
  const folder = join(dataFolder, "tls");
  const [cert, key] = [join(folder, "server.pem"), join(folder, "server.key")];
  if (!existsSync(cert) || !names(readFileSync(cert), domain)) {
    const made = await makeCertificates(clock, random, domain.toLowerCase());
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    rmSync(cert, { force: true }); // it must never stand beside another's key
    writeFileSync(caFile(dataFolder), made.ca);
    writeFileSync(key, made.key, { mode: 0o600 });
    writeFileSync(cert, made.cert);
  }
  return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
}

/** The domain itself, and each bucket below it. */
function names(pem: Buffer, domain: string): boolean {
  const certificate = new X509Certificate(pem);
  return domain === "" || [domain, `bucket.${domain}`].every((host) => certificate.checkHost(host) !== undefined);
}

async function makeCertificates(clock: Clock, random: (count: number) => Uint8Array, domain: string) {
  await import("reflect-metadata"); // x509 expects its polyfill to be there first
  const x509 = await import("@peculiar/x509");
  const caKeys = await webcrypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: hex(random(8)),
    name: "CN=Strongroom local CA",
    notBefore: addDays(clock.now(), -1),
    notAfter: addDays(clock.now(), CA_DAYS),
    signingAlgorithm: ALGORITHM,
    keys: caKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const server = await x509.X509CertificateGenerator.create({
    serialNumber: hex(random(8)),
    subject: "CN=localhost",
    issuer: ca.subject,
    notBefore: addDays(clock.now(), -1),
    notAfter: addDays(clock.now(), SERVER_DAYS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: "dns", value: "localhost" },
        { type: "dns", value: "*.localhost" },
        { type: "dns", value: "*.s3.localhost" },
        ...(domain === "" ? [] : [domain, `*.${domain}`]).map((value) => ({ type: "dns" as const, value })),
        { type: "ip", value: "127.0.0.1" },
        { type: "ip", value: "::1" },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  return { ca: ca.toString("pem"), cert: server.toString("pem"), key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY") };
}
