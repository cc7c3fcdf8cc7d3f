import { readFileSync } from "node:fs";
import {
  type Clock,
  describeThrown,
  type Ids,
  type Log,
  type Region,
  SECOND_MS,
  servedRegions,
} from "../base/index.js";
import { parseEventDestinations, parseHostPorts, parseHsmClusters, type Settings } from "../cli/index.js";
import { Secret } from "../crypto/index.js";
import {
  type GatewayPorts,
  type HttpRequest,
  type HttpResponse,
  localCertificate,
  openAuthenticate,
  openExchange,
  type PublicPages,
  serve,
  servePublicPage,
  type Tls,
  withHouseApi,
} from "../gateway/index.js";
import { type CustodianClient, connectCustodian } from "../keystore/index.js";
import type { Worker } from "../kit/index.js";
import { type AskLease, type HsmCluster, XKS_CIPHERS } from "../kms/index.js";
import { answerProxy, type ProxyPorts, refusal } from "../services/xks-proxy/index.js";
import { openWire } from "../wire/index.js";
import { anchorFolder } from "./anchors.js";
import { openBlobs } from "./blob-place.js";
import { cloudTrailSettings } from "./cloudtrail-settings.js";
import { eventDestinations } from "./event-destinations.js";
import { type House, openHouse } from "./house.js";
import { kmsSettings } from "./kms-settings.js";
import type { UnsealAnswer, UnsealOffer } from "./messages.js";
import { s3Pace } from "./s3-pace.js";
import { s3Rules } from "./s3-settings.js";
import { scrubSettings } from "./scrub-settings.js";
import { answerAtXksDoor } from "./xks-door.js";
import { watchedProxyConfig } from "./xks-proxy-file.js";

export interface FrontOptions {
  readonly slot: number;
  readonly settings: Settings;
  readonly folder: string;
  readonly modelsFolder: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly random: (count: number) => Uint8Array;
  readonly unseal: (offer: UnsealOffer) => Promise<UnsealAnswer>;
  readonly askLease: AskLease;
  readonly sealBodies: boolean;
}

/** What one worker answers with: the pages of a sealed server first, the whole house once the root is open. */
export interface Front {
  readonly tls: Tls | undefined;
  readonly clock: Clock;
  /** Of the external key store proxy; undefined where there is none. */
  readonly xksTls: Tls | undefined;
  answerXks(request: HttpRequest, response: HttpResponse): void;
  answer(request: HttpRequest, response: HttpResponse, expectsContinue: boolean): void;
  open(socketPath: string, token: string): Promise<void>;
  close(): Promise<void>;
}

export async function openFront(options: FrontOptions): Promise<Front> {
  const { settings, clock, ids, log } = options;
  const tls = await certificate(options);
  const xksTls = await xksCertificate(options);
  const proxyConfig = watchedProxyConfig(options.folder, log);
  let opened: { readonly house: House; readonly ports: GatewayPorts; readonly custodian: CustodianClient } | undefined;
  let running = 0;
  let wasLast = () => {};
  const ended = () => {
    running -= 1;
    if (running === 0) wasLast();
  };
  const pages: PublicPages = {
    state: () => (opened === undefined ? "sealed" : "open"),
    unseal: async (offer) => ({ ...(await options.unseal(offer as UnsealOffer)) }), // the page takes nothing else
  };

  return {
    tls,
    clock,
    xksTls,
    answerXks(request, response) {
      const house = opened?.house;
      running += 1;
      void answerAtXksDoor(request, response, async (asked) =>
        house === undefined
          ? refusal({ log }, asked, new Error("the server is sealed"))
          : answerProxy(proxyPorts(options, house, proxyConfig), asked),
      )
        .catch((thrown: unknown) => {
          log.error("xks-answer-cut", describeThrown(thrown));
          response.destroy();
        })
        .finally(ended);
    },
    answer(request, response, expectsContinue) {
      // Clients learn a server's time from its answers; Node would tell them the machine's.
      if (settings.clockOffset > 0) response.setHeader("date", clock.now().toUTCString());
      if (servePublicPage(pages, request, response)) return;
      if (opened === undefined) return refuseSealed(response);
      const exchange = openExchange(request, response, { requestId: ids.uuid(), time: clock.now(), expectsContinue });
      running += 1;
      void serve(opened.ports, exchange).then(ended, ended);
    },
    async open(socketPath, token) {
      const custodian = connectCustodian({ socketPath, token: Secret.own(Buffer.from(token, "hex")), clock });
      const house = await openHouse({
        ...options,
        keyStore: custodian,
        region: settings.region,
        kms: kmsSettings(settings),
        anchors: {
          folder: anchorFolder({ ...settings, data: options.folder }),
          everyMs: settings.anchorEvery * SECOND_MS,
        },
        auditKeepDays: settings.auditKeepDays,
        auditCompactDays: settings.auditCompactDays,
        cloudtrail: cloudTrailSettings(settings),
        s3Pace: s3Pace(settings),
        destinations: eventDestinations(parseEventDestinations(settings.s3Events), options),
        scrub: scrubSettings(settings),
        openBlobs: () => openBlobs(options.folder, settings),
        s3: s3Rules(settings),
        hsm: { tokens: custodian.tokens, clusters: hsmClusters(settings) },
        xks: xksOptions(settings),
        oidc: oidcOptions(settings),
      });
      opened = { house, custodian, ports: gatewayPorts(options, house) };
      if (options.slot === 0) for (const worker of house.workers) keepWorking(options, worker);
    },
    async close() {
      await new Promise<void>((resolve) => {
        if (running === 0) resolve();
        else wasLast = resolve;
      });
      await opened?.house.close();
      opened?.custodian.close();
      log.info("worker-stopped", { slot: options.slot });
    },
  };
}

function proxyPorts(options: FrontOptions, house: House, config: ProxyPorts["config"]): ProxyPorts {
  const { settings, clock, ids, log } = options;
  const { externalKeys: keys, audit, identity } = house;
  const callerOfArn = (arn: string) => identity.callerOfArn(arn);
  const { region, workers: fleetSize } = settings;
  return { config, keys, callerOfArn, audit, clock, ids, log, region, fleetSize };
}

function hsmClusters(settings: Settings): ReadonlyMap<string, HsmCluster> {
  const entries = [...parseHsmClusters(settings.hsmClusters)];
  return new Map(
    entries.map(([id, { trustAnchor: file }]) => [
      id,
      file === undefined ? {} : { trustAnchor: readFileSync(file, "utf8") },
    ]),
  );
}

const oidcOptions = ({ oidcCa }: Settings) => (oidcCa === "" ? {} : { ca: readFileSync(oidcCa, "utf8") });

const xksOptions = ({ xksPorts, xksCa }: Settings) => ({
  ports: parseHostPorts(xksPorts),
  ...(xksCa === "" ? {} : { ca: readFileSync(xksCa, "utf8") }),
});

function gatewayPorts(options: FrontOptions, house: House): GatewayPorts {
  const { settings, clock, ids, log, modelsFolder } = options;
  const own = house.services.get("strongroom")?.operations.keys() ?? [];
  return {
    wire: withHouseApi(openWire({ modelsFolder, s3Domain: settings.s3Domain }), [...own]),
    authenticate: openAuthenticate({ identity: house.identity, clock, regions: servedRegions(settings.region) }),
    audit: house.audit,
    uses: house.uses,
    services: house.services,
    clock,
    ids,
    log,
    defaultRegion: settings.region as Region, // parsed as one
  };
}

/** Runs the work between requests, one run at a time, on the first worker alone. */
function keepWorking({ clock, log }: FrontOptions, worker: Worker): void {
  const again = () => void clock.after(worker.everyMs, () => void once());
  const once = async () => {
    await worker
      .run(clock.now())
      .catch((thrown) => log.error("work-failed", { worker: worker.name, ...describeThrown(thrown) }));
    again();
  };
  void once();
}

async function certificate({ settings, folder, clock, random }: FrontOptions): Promise<Tls | undefined> {
  if (settings.tlsCert !== "")
    return { cert: readFileSync(settings.tlsCert, "utf8"), key: readFileSync(settings.tlsKey, "utf8") };
  return settings.tls ? localCertificate(folder, clock, random, settings.s3Domain) : undefined;
}

async function xksCertificate({ settings, folder, clock, random }: FrontOptions): Promise<Tls | undefined> {
  if (settings.xksProxyPort === 0) return undefined;
  const ciphers = XKS_CIPHERS;
  if (settings.xksProxyCert === "")
    return { ...(await localCertificate(folder, clock, random, settings.s3Domain)), ciphers };
  const [cert, key] = [readFileSync(settings.xksProxyCert, "utf8"), readFileSync(settings.xksProxyKey, "utf8")];
  return { cert, key, ciphers };
}

function refuseSealed(response: HttpResponse): void {
  response.writeHead(503, {
    "content-type": "application/json",
    "x-amzn-errortype": "ServiceUnavailable",
    connection: "close",
  });
  response.end('{"__type":"ServiceUnavailable","message":"The server is sealed: unseal it with `strongroom unseal`."}');
}
