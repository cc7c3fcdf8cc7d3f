import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { BasicConstraintsExtension, X509CertificateGenerator } from "@peculiar/x509";
import type { IamBench } from "./testing.js";

export interface MadeCertificate {
  readonly body: string;
  readonly key: string;
}

interface Authority {
  readonly subject: string;
  readonly keys: CryptoKeyPair;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

type CryptoKeyPair = Awaited<ReturnType<typeof newKeys>>;
const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);

/** A certificate around the benches' time, signed by this authority or by itself. */
export async function makeCertificate(
  name: string,
  by?: Authority,
  [from = "", to = ""]: readonly string[] = ["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"],
): Promise<MadeCertificate & Authority> {
  const keys = await newKeys();
  const subject = `CN=${name}`;
  const certificate = await X509CertificateGenerator.create({
    serialNumber: "01",
    subject,
    issuer: by?.subject ?? subject,
    notBefore: new Date(from),
    notAfter: new Date(to),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: (by?.keys ?? keys).privateKey,
    extensions: [new BasicConstraintsExtension(by === undefined, undefined, true)],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  const label = "PRIVATE KEY";
  const key = `-----BEGIN ${label}-----\n${pkcs8.replace(/.{64}/g, "$&\n")}\n-----END ${label}-----\n`;
  return { body: certificate.toString("pem"), key, subject, keys };
}

/** A server certificate that is there, under this name. */
export async function upload(iam: IamBench, ServerCertificateName = "site", Path = "/edge/") {
  const { body, key } = await makeCertificate(ServerCertificateName);
  return iam.call("UploadServerCertificate", { ServerCertificateName, Path, CertificateBody: body, PrivateKey: key });
}
