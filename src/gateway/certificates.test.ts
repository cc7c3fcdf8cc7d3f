import assert from "node:assert/strict";
import { createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ManualClock } from "../base/index.js";
import { caFile, localCertificate } from "./certificates.js";

const folder = mkdtempSync(join(tmpdir(), "strongroom-certificates-"));
after(() => rmSync(folder, { recursive: true }));
const clock = new ManualClock("2026-11-21T09:00:00Z");
const made = async (domain?: string) => {
  const { cert, key } = await localCertificate(folder, clock, randomBytes, domain);
  const certificate = new X509Certificate(cert);
  assert.ok(certificate.checkPrivateKey(createPrivateKey(key)));
  assert.ok(certificate.verify(new X509Certificate(readFileSync(caFile(folder))).publicKey));
  return certificate;
};
const namesOf = (certificate: X509Certificate, hosts: readonly string[]) =>
  hosts.map((host) => certificate.checkHost(host) !== undefined);

test("the certificate names this machine, and the domain of buckets once it is set", async () => {
  const first = await made();
  const hosts = ["localhost", "bucket.s3.localhost", "store.example", "bucket.store.example", "store.example.org"];
  assert.deepEqual(namesOf(first, hosts), [true, true, false, false, false]);
  assert.equal((await made()).serialNumber, first.serialNumber);
  const second = await made("Store.Example");
  assert.deepEqual(namesOf(second, hosts), [true, true, true, true, false]);
  // It stays as long as it says what is asked for, so that clients need trust no other.
  for (const domain of ["store.example", undefined])
    assert.equal((await made(domain)).serialNumber, second.serialNumber);
});
