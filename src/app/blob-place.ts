import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { credentialsIn, type OwnerCredentials, parseBlobs, type Settings, SettingsError } from "../cli/index.js";
import { addonWrite } from "../crypto/index.js";
import { signRequest } from "../identity/index.js";
import { type Blobs, openDiskBlobs, openRemoteBlobs } from "../store/index.js";
import { realClock } from "./real.js";

type Sources = Pick<
  Settings,
  "blobs" | "blobsEndpoint" | "blobsRegion" | "blobsCredentialsFile" | "blobsCa" | "region"
>;

/** Opens the store of sealed bodies that the settings name. */
export async function openBlobs(folder: string, settings: Sources): Promise<Blobs> {
  const place = parseBlobs(settings.blobs);
  if (place === undefined) return openDiskBlobs(join(folder, "blobs"), addonWrite);
  const region = settings.blobsRegion || settings.region;
  const credentials = blobCredentials(settings);
  return openRemoteBlobs({
    ...place,
    endpoint: settings.blobsEndpoint || `https://s3.${region}.amazonaws.com`,
    // The machine's time, which is the other side's too; ours may have been moved for study.
    sign: (request) => signRequest({ ...request, region, service: "s3", credentials, date: realClock.now() }),
    ca: settings.blobsCa === "" ? undefined : readFileSync(settings.blobsCa, "utf8"),
    clock: realClock,
  });
}

function blobCredentials({ blobsCredentialsFile: file }: Sources): OwnerCredentials {
  if (file !== "") {
    const found = existsSync(file) ? credentialsIn(file) : undefined;
    if (found === undefined) throw new SettingsError(`${file} holds no credentials.`);
    return found;
  }
  const { STRONGROOM_BLOBS_ACCESS_KEY_ID: accessKeyId, STRONGROOM_BLOBS_SECRET_ACCESS_KEY: secretAccessKey } =
    process.env;
  if (!accessKeyId || !secretAccessKey)
    throw new SettingsError(
      "--blobs needs --blobs-credentials-file, or STRONGROOM_BLOBS_ACCESS_KEY_ID and its secret.",
    );
  return { accessKeyId, secretAccessKey };
}
