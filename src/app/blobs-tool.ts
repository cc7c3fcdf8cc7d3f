import { type Arguments, parseBlobs, type Settings, SettingsError } from "../cli/index.js";
import { describeRoot } from "../keystore/index.js";
import { lockFolder, type MoveProgress, moveBlobs } from "../store/index.js";
import { openBlobs } from "./blob-place.js";
import { realClock } from "./real.js";

const USAGE = "strongroom blobs move --to s3|local [--keep] [--json], with --blobs s3://BUCKET/PREFIX for both";

/** `strongroom blobs move`: between the data folder and the store that the settings name, while no server runs. */
export async function blobsTool(
  given: Arguments,
  settings: Settings,
  print: (text: string) => number,
): Promise<number> {
  const has = (name: string) => Object.hasOwn(given.flags, name);
  const { to } = given.flags;
  if (given.words[1] !== "move" || given.words.length > 2 || (to !== "s3" && to !== "local"))
    throw new SettingsError(USAGE);
  if (parseBlobs(settings.blobs) === undefined)
    throw new SettingsError("--blobs must name the store that is not in the data folder: s3://BUCKET/PREFIX.");
  if (describeRoot(settings.data) === undefined) throw new SettingsError(`${settings.data} is no data folder.`);
  const local = await openBlobs(settings.data, { ...settings, blobs: "" });
  const elsewhere = await openBlobs(settings.data, settings);
  const lock = await lockFolder(settings.data);
  try {
    const [source, target] = to === "s3" ? [local, elsewhere] : [elsewhere, local];
    const told = (progress: MoveProgress) => void process.stderr.write(`${progressText(progress)}\n`);
    const done = await moveBlobs(source, target, { keep: has("keep"), now: realClock.now(), told });
    const place = to === "s3" ? `with --blobs ${settings.blobs}` : "without --blobs";
    const { blobs, bytes, already } = done;
    if (has("json")) return print(JSON.stringify({ blobs, bytes, already }, undefined, 2));
    return print(`${blobs} blobs, ${bytes} bytes, lie there now (${already} were there). Start the server ${place}.`);
  } finally {
    elsewhere.close();
    lock.release();
  }
}

const progressText = ({ phase, blobs, bytes, already }: MoveProgress): string =>
  phase === "copying"
    ? `copying: ${blobs} blobs, ${bytes} bytes (${already} were there)`
    : `removing: ${blobs} blobs, ${bytes} bytes`;
