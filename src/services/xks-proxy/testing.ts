import { silentLog } from "../../base/index.js";
import { signRequest } from "../../identity/index.js";
import { externalUse, type Key } from "../../kms/index.js";
import { ALLOW_ALL, openTestKms, REGION, type TestKms, user } from "../../kms/testing.js";
import type { ProxyConfig } from "./config.js";
import { answerProxy, type ProxyPorts } from "./proxy.js";

export const CREDENTIAL = {
  accessKeyId: "ABCDEFGHIJKLMNOPQRST",
  secretAccessKey: "0123456789012345678901234567890123456789012",
};
export const URI = "/prefix/kms/xks/v1";
export const METADATA = {
  awsPrincipalArn: "arn:aws:iam::444455556666:user/alice",
  kmsKeyArn: "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  kmsOperation: "Encrypt",
  kmsRequestId: "4112f4d6-db54-4af4-ae30-c55a22a8dfae",
};

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
}

interface Asking {
  readonly credential?: typeof CREDENTIAL;
  readonly service?: string;
  readonly date?: Date;
  /** Sent in place of what was signed. */
  readonly sentBody?: string;
  readonly sentPath?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The proxy over KMS, with one external key called `external`. */
export interface TestProxy extends TestKms {
  readonly key: Key;
  config: ProxyConfig | undefined;
  policies: readonly object[] | undefined;
  ask(path: string, body: unknown, asking?: Asking): Promise<Answer>;
}

export async function openTestProxy(): Promise<TestProxy> {
  const house = await openTestKms();
  const key = await house.newKey();
  const proxy: TestProxy = {
    ...house,
    key,
    config: {
      version: 1,
      uriPath: URI,
      principal: "arn:aws:iam::111122223333:user/xks",
      credentials: [CREDENTIAL],
      keys: { external: { keyArn: key.arn } },
    },
    policies: [ALLOW_ALL],
    async ask(path, body, asking = {}) {
      const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
      const headers = signRequest({
        method: "POST",
        path: URI + path,
        headers: { host: "localhost", "content-type": "application/json" },
        body: bytes,
        region: REGION,
        service: asking.service ?? "kms-xks-proxy",
        credentials: asking.credential ?? CREDENTIAL,
        date: asking.date ?? house.clock.now(),
      });
      const sent = { ...headers, ...asking.headers };
      const head = {
        method: "POST",
        path: asking.sentPath ?? URI + path,
        query: "",
        headers: sent,
        rawHeaders: Object.entries(sent).flat(),
      };
      const received = asking.sentBody === undefined ? bytes : Buffer.from(asking.sentBody);
      return (await answerProxy(ports, { head, body: received, sourceIp: "127.0.0.1" })) as Answer; // texts, when they are looked at
    },
  };
  const ports: ProxyPorts = {
    config: () => proxy.config,
    keys: externalUse(house.kms),
    callerOfArn: async () => (proxy.policies === undefined ? undefined : user("xks", key.account, proxy.policies)),
    audit: house.kms.audit,
    clock: house.clock,
    ids: house.kms.ids,
    log: silentLog,
    region: REGION,
    fleetSize: 2,
  };
  return proxy;
}
