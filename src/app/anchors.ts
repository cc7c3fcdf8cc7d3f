import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Anchor, writeDurably } from "../audit/index.js";
import type { Settings } from "../cli/index.js";

/** Where the server keeps the anchors that it makes by itself. */
export const anchorFolder = ({ data, anchorFolder: chosen }: Pick<Settings, "data" | "anchorFolder">) =>
  chosen === "" ? join(data, "anchors") : chosen;

const MOST_ANCHORS = 1000;
const ANCHOR_NAME = /^anchor-[\dTZ-]+\.json$/;

/** Keeps the newest ones: each vouches for all that the ones before did. */
export function keepAnchor(folder: string, anchor: Anchor): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeDurably(join(folder, `anchor-${anchor.time.slice(0, 19).replaceAll(":", "-")}Z.json`), anchor);
  for (const name of anchorNames(folder).slice(0, -MOST_ANCHORS)) rmSync(join(folder, name), { force: true });
}

export const anchorNames = (folder: string) =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => ANCHOR_NAME.test(name))
        .sort()
    : [];
