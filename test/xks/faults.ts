import type { Outcome } from "./external-keys.js";
import type { Fault, Reply } from "./stub-proxy.js";

// What a proxy can do wrong.

/** Every error of the API that an operation on a key can meet, with words of the message that its caller reads. */
export const ERRORS: readonly (readonly [status: number, errorName: string, told: RegExp])[] = [
  [400, "ValidationException", /interpret/],
  [400, "InvalidStateException", /not enabled/],
  [400, "InvalidCiphertextException", /ciphertext or (the )?encryption context/],
  [400, "InvalidKeyUsageException", /not support/],
  [401, "AuthenticationFailedException", /authenticate/],
  [403, "AccessDeniedException", /denied access/],
  [404, "KeyNotFoundException", /not (find|found)/],
  [404, "InvalidUriPathException", /URI path/],
  [429, "ThrottlingException", /rate/],
  [500, "InternalException", /external key manager/],
  [501, "UnsupportedOperationException", /not support/],
  [503, "DependencyTimeoutException", /did not (respond|answer)/],
];

/** Never for the caller: it goes to the log. */
export const PROXY_WORDS = "what only the administrator may read";

export const refusing =
  (status: number, errorName: string): Fault =>
  () => ({ status, body: { errorName, errorMessage: PROXY_WORDS } });

const text = (body: string, status = 200, headers: Record<string, string> = {}): Fault => {
  return () => ({ kind: "answer", status, body, headers });
};

type Members = Record<string, unknown>;

/** The honest answer, with these members changed. */
export const changing =
  (change: (members: Members) => Members): Fault =>
  (honest) => ({ status: honest.status, body: change({ ...honest.body }) });

const without = (name: string): Fault => changing(({ [name]: _gone, ...rest }) => rest);

export const bytesOf = (members: Members, name: string): Buffer => Buffer.from(String(members[name]), "base64");

const withBytes = (name: string, change: (bytes: Buffer) => Buffer): Fault =>
  changing((members) => ({ ...members, [name]: change(bytesOf(members, name)).toString("base64") }));

const flipped = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte)));
const shorter = (bytes: Buffer): Buffer => bytes.subarray(1);
const longer = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.of(0)]);

export const onTheWay =
  (kind: "late" | "stall" | "cut", more: { ms?: number; after?: number } = {}): Fault =>
  (honest: Outcome) => {
    const body = JSON.stringify(honest.body);
    const { status } = honest;
    const replies: Readonly<Record<typeof kind, Reply>> = {
      late: { kind: "late", ms: more.ms ?? 2000, status, body },
      stall: { kind: "stall", status, body },
      cut: { kind: "cut", status, body, ...(more.after === undefined ? {} : { after: more.after }) },
    };
    return replies[kind];
  };

export type NamedFaults = Readonly<Record<string, Fault>>;

/** Possible with every API. */
export const ANY: NamedFaults = {
  "closed without a word": onTheWay("cut"),
  "closed in the middle of the body": onTheWay("cut", { after: 20 }),
  "an answer that comes two seconds late": onTheWay("late"),
  "an answer that stops in the middle": onTheWay("stall"),
  "no body": text(""),
  "no JSON": text("<html>It works!</html>"),
  "half of a JSON text": text('{"ciphertext":"AAAA"'),
  "a JSON array": text("[]"),
  "JSON null": text("null"),
  "a JSON string": text('"plaintext"'),
  "an empty object": text("{}"),
  "ten million bytes": text(JSON.stringify({ plaintext: "A".repeat(10_000_000) })),
  "a hundred thousand brackets": text("[".repeat(100_000)),
  "an error without JSON": text("Bad Gateway", 502),
  "an error without a name": text("{}", 400),
  "an error of an unknown name": text('{"errorName":"SomethingElse"}', 400),
  "an error's name that is a number": text('{"errorName":5}', 400),
  "an error under status 200": text('{"errorName":"InternalException"}', 200),
  "a redirect": text("{}", 302, { location: "https://localhost/elsewhere" }),
  "204 and nothing": text("", 204),
};

/** Of those, what shows that an API is read as carefully as the others, without waiting for each. */
export const SOME: NamedFaults = Object.fromEntries(
  Object.entries(ANY).filter(([what]) => !/late|stops|million|brackets/.test(what)),
);

export const ENCRYPT: NamedFaults = {
  "no ciphertext": without("ciphertext"),
  "no initialization vector": without("initializationVector"),
  "no tag": without("authenticationTag"),
  "no integrity value": without("ciphertextDataIntegrityValue"),
  "an empty integrity value": changing((members) => ({ ...members, ciphertextDataIntegrityValue: "" })),
  "another integrity value": withBytes("ciphertextDataIntegrityValue", flipped),
  "half of an integrity value": withBytes("ciphertextDataIntegrityValue", (bytes) => bytes.subarray(0, 16)),
  "a changed ciphertext": withBytes("ciphertext", flipped),
  "a changed initialization vector": withBytes("initializationVector", flipped),
  "a changed tag": withBytes("authenticationTag", flipped),
  "changed metadata": withBytes("ciphertextMetadata", flipped),
  "metadata left out": without("ciphertextMetadata"),
  "a ciphertext that is no text": changing((members) => ({ ...members, ciphertext: 5 })),
  "a ciphertext that is no base64": changing((members) => ({ ...members, ciphertext: "*".repeat(64) })),
  "base64 of the other alphabet": changing((members) => ({
    ...members,
    authenticationTag: "-_-_-_-_-_-_-_-_-_-_-w==",
  })),
};

/** Wrong lengths with an integrity value that is right for them. */
export const ENCRYPT_LENGTHS: Readonly<Record<string, readonly [string, (bytes: Buffer) => Buffer]>> = {
  "a ciphertext shorter than the plaintext": ["ciphertext", shorter],
  "a ciphertext longer than the plaintext": ["ciphertext", longer],
  "an empty ciphertext": ["ciphertext", () => Buffer.alloc(0)],
  "an initialization vector of 11 bytes": ["initializationVector", shorter],
  "an initialization vector of 13 bytes": ["initializationVector", longer],
  "an initialization vector of 17 bytes": ["initializationVector", () => Buffer.alloc(17)],
  "a tag of 15 bytes": ["authenticationTag", shorter],
  "a tag of 17 bytes": ["authenticationTag", longer],
  "metadata of 21 bytes": ["ciphertextMetadata", () => Buffer.alloc(21)],
};

export const DECRYPT: NamedFaults = {
  "no plaintext": without("plaintext"),
  "an empty plaintext": changing(() => ({ plaintext: "" })),
  "a shorter plaintext": withBytes("plaintext", shorter),
  "a longer plaintext": withBytes("plaintext", longer),
  "a plaintext with one changed bit": withBytes("plaintext", flipped),
  "a plaintext of zeros": withBytes("plaintext", (bytes) => Buffer.alloc(bytes.length)),
  "a plaintext with its end changed": withBytes("plaintext", (bytes) => flipped(bytes.subarray().reverse()).reverse()),
  "a plaintext that is no text": changing(() => ({ plaintext: ["AAAA"] })),
  "a plaintext that is no base64": changing(() => ({ plaintext: "not base64 at all" })),
};

const metadata = (change: object): Fault => changing((members) => ({ ...members, ...change }));

/** Keys that no KMS key can be made of. */
export const METADATA: NamedFaults = {
  "a key of 128 bits": metadata({ keySpec: "AES_128" }),
  "no spec": without("keySpec"),
  "a key that only encrypts": metadata({ keyUsage: ["ENCRYPT"] }),
  "a key that only decrypts": metadata({ keyUsage: ["DECRYPT", "SIGN"] }),
  "no usage": without("keyUsage"),
  "usages in one text": metadata({ keyUsage: "ENCRYPT,DECRYPT" }),
  "eleven usages": metadata({ keyUsage: ["ENCRYPT", "DECRYPT", ..."ABCDEFGHI"] }),
  "a disabled key": metadata({ keyStatus: "DISABLED" }),
  "a status that is none": metadata({ keyStatus: "enabled" }),
  "no status": without("keyStatus"),
};

const node = { id: "n", model: "m", healthStatus: "ACTIVE" };

export const HALF_A_FLEET = metadata({ xksProxyFleetSize: 1.5 });

/** Health that no store can be made on. */
export const HEALTHS: NamedFaults = {
  "a fleet of nobody": metadata({ xksProxyFleetSize: 0 }),
  "a fleet in letters": metadata({ xksProxyFleetSize: "1" }),
  "no fleet size": without("xksProxyFleetSize"),
  "no proxy vendor": without("xksProxyVendor"),
  "no proxy model": without("xksProxyModel"),
  "no vendor of the key manager": without("ekmVendor"),
  "no details": without("ekmFleetDetails"),
  "details of nobody": metadata({ ekmFleetDetails: [] }),
  "eleven key managers": metadata({ ekmFleetDetails: Array.from({ length: 11 }, () => node) }),
  "a status that is none": metadata({ ekmFleetDetails: [{ ...node, healthStatus: "FINE" }] }),
  "a key manager without an id": metadata({ ekmFleetDetails: [{ model: "m", healthStatus: "ACTIVE" }] }),
};
