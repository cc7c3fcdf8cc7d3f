import { rootOf, type Trail } from "./trail.js";

/** `20261121T0905Z`, or with seconds. */
const stamp = (at: Date, isToSecond: boolean) =>
  `${at
    .toISOString()
    .replaceAll(/[-:]/g, "")
    .slice(0, isToSecond ? 15 : 13)}Z`;

const day = (at: Date) => at.toISOString().slice(0, 10).replaceAll("-", "/");

/** Cloudtrail section 3. `unique` tells files of one minute apart: 16 letters and digits. */
export function logKey(trail: Trail, region: string, at: Date, unique: string): string {
  const { account } = trail;
  return `${rootOf(trail)}CloudTrail/${region}/${day(at)}/${account}_CloudTrail_${region}_${stamp(at, false)}_${unique}.json.gz`;
}

/** Cloudtrail section 4: named by the digest's end and the trail's home Region. */
export function digestKey(trail: Trail, region: string, end: Date): string {
  const name = `${trail.account}_CloudTrail-Digest_${region}_${trail.name}_${trail.region}_${stamp(end, true)}`;
  return `${rootOf(trail)}CloudTrail-Digest/${region}/${day(end)}/${name}.json.gz`;
}
