import type { EcSpec, MlDsaSpec, MlKemSpec } from "./specs.js";

/**
 * What OpenSSL cannot do through Node: ECDSA over a digest that was made elsewhere, Ed25519ph, ML-DSA of a given µ;
 * in Node 20 all of ML-DSA and ML-KEM.
 * Loaded when it is first needed, because it takes a start some 60 ms and a process some 11 MB.
 */
export async function curve(spec: EcSpec) {
  if (spec === "ECC_SECG_P256K1") return (await import("@noble/curves/secp256k1.js")).secp256k1;
  const { p256, p384, p521 } = await import("@noble/curves/nist.js");
  return { ECC_NIST_P256: p256, ECC_NIST_P384: p384, ECC_NIST_P521: p521 }[spec];
}

export async function ed25519ph() {
  return (await import("@noble/curves/ed25519.js")).ed25519ph;
}

export async function mlDsa(spec: MlDsaSpec) {
  const { ml_dsa44, ml_dsa65, ml_dsa87 } = await import("@noble/post-quantum/ml-dsa.js");
  return { ML_DSA_44: ml_dsa44, ML_DSA_65: ml_dsa65, ML_DSA_87: ml_dsa87 }[spec];
}

export async function mlKem(spec: MlKemSpec) {
  const { ml_kem512, ml_kem768, ml_kem1024 } = await import("@noble/post-quantum/ml-kem.js");
  return { ML_KEM_512: ml_kem512, ML_KEM_768: ml_kem768, ML_KEM_1024: ml_kem1024 }[spec];
}
