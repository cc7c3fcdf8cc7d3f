import { type AccountId, AwsError, csvCell, DAY_MS, globalArn } from "../../base/index.js";
import {
  type AccessKey,
  credentialReports,
  directory,
  loginProfiles,
  mfaDevices,
  type SigningCertificate,
  type StoredCredentialReport,
  type StoredPasswordPolicy,
  signingCertificates,
  type User,
} from "../../identity/index.js";
import type { ReadTx } from "../../store/index.js";
import { policyOf } from "./passwords.js";
import type { IamPorts } from "./ports.js";

const KEY_COLUMNS = ["active", "last_rotated", "last_used_date", "last_used_region", "last_used_service"];

const COLUMNS = [
  "user",
  "arn",
  "user_creation_time",
  "password_enabled",
  "password_last_used",
  "password_last_changed",
  "password_next_rotation",
  "mfa_active",
  ...KEY_COLUMNS.map((column) => `access_key_1_${column}`),
  ...KEY_COLUMNS.map((column) => `access_key_2_${column}`),
  "cert_1_active",
  "cert_1_last_rotated",
  "cert_2_active",
  "cert_2_last_rotated",
];

export const REPORT_NAME = "report";
/** A report stands this long; then another may be made, and must. */
const REPORT_MS = 4 * 3_600_000;

export const isCurrent = ({ generatedMs }: StoredCredentialReport, nowMs: number) => nowMs - generatedMs <= REPORT_MS;

export const reportOf = (tx: ReadTx, account: AccountId) => credentialReports.find(tx, account, REPORT_NAME);

/** Services say "Unknown" here, whatever is missing. */
const gone = (code: string) => new AwsError(code, "Unknown", { status: 410 });

/** The account's report; throws when there is none of the last hours. */
export async function currentReport(tx: ReadTx, account: AccountId, nowMs: number): Promise<StoredCredentialReport> {
  const report = await reportOf(tx, account);
  if (report === undefined) throw gone("ReportNotPresent");
  if (!isCurrent(report, nowMs)) throw gone("ReportExpired");
  return report;
}

/** The root first, then the users in order of name; lines end in LF, the last in nothing. */
export async function makeReport(tx: ReadTx, { uses }: IamPorts, account: AccountId): Promise<string> {
  const passwords = await policyOf(tx, account);
  const lines = [COLUMNS, await rootRow(tx, uses, account)];
  let after = "";
  for (;;) {
    const users = await directory.users(tx, { account, pathPrefix: "/", after, limit: USERS_AT_ONCE });
    for (const user of users) lines.push(await userRow(tx, uses, user, passwords));
    const last = users.at(-1);
    if (last === undefined || users.length < USERS_AT_ONCE) break;
    after = last.name.toLowerCase();
  }
  return lines.map((line) => line.join(",")).join("\n");
}

const USERS_AT_ONCE = 1000;

type Uses = IamPorts["uses"];

async function rootRow(tx: ReadTx, uses: Uses, id: AccountId): Promise<string[]> {
  const account = await directory.account(tx, id);
  return [
    "<root_account>",
    globalArn("iam", id, "root"),
    account === undefined ? "N/A" : shownDate(account.createdAt),
    ...["false", "N/A", "N/A", "not_supported"], // a root has no password here
    String((await mfaDevices.of(tx, id)).length > 0),
    ...(await keyCells(tx, uses, await directory.accessKeys(tx, id, undefined))),
    ...certificateCells(await signingCertificates.of(tx, id)),
  ];
}

async function userRow(
  tx: ReadTx,
  uses: Uses,
  user: User,
  passwords: StoredPasswordPolicy | undefined,
): Promise<string[]> {
  return [
    user.name,
    user.arn,
    shownDate(user.createdAt),
    ...(await passwordCells(tx, user, passwords)),
    String((await mfaDevices.of(tx, user.id)).length > 0),
    ...(await keyCells(tx, uses, await directory.accessKeys(tx, user.account, user.id))),
    ...certificateCells(await signingCertificates.of(tx, user.id)),
  ].map(csvCell);
}

/** Nobody signs in with a password here, so none was ever used. */
async function passwordCells(tx: ReadTx, user: User, passwords: StoredPasswordPolicy | undefined): Promise<string[]> {
  const profile = await loginProfiles.find(tx, user.account, user.id);
  if (profile === undefined) return ["false", "N/A", "N/A", "N/A"];
  const maxAgeDays = passwords?.maxAgeDays ?? 0;
  const next = maxAgeDays > 0 ? shownDate(new Date(profile.changedMs + maxAgeDays * DAY_MS)) : "N/A";
  return ["true", "no_information", shownDate(new Date(profile.changedMs)), next];
}

const NO_KEY = ["false", "N/A", "N/A", "N/A", "N/A"];

async function keyCells(tx: ReadTx, uses: Uses, keys: readonly AccessKey[]): Promise<string[]> {
  const cells: string[] = [];
  const [first, second] = [...keys].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const key of [first, second]) {
    if (key === undefined) {
      cells.push(...NO_KEY);
      continue;
    }
    const use = await uses.find(tx, key.id);
    const used = use === undefined ? NO_KEY.slice(2) : [shownDate(new Date(use.atMs)), use.region, use.service];
    cells.push(String(key.status === "Active"), shownDate(key.createdAt), ...used);
  }
  return cells;
}

/** Those that are switched off come first, as in AWS's reports. */
function certificateCells(certificates: readonly SigningCertificate[]): string[] {
  const order = ({ status, uploadedMs, name }: SigningCertificate) => `${status === "Active"} ${uploadedMs} ${name}`;
  const [first, second] = [...certificates].sort((a, b) => (order(a) < order(b) ? -1 : 1));
  return [first, second].flatMap((each) =>
    each === undefined ? ["false", "N/A"] : [String(each.status === "Active"), shownDate(new Date(each.uploadedMs))],
  );
}

/** `2026-11-21T09:00:00Z` */
const shownDate = (date: Date) => date.toISOString().replace(/\.\d+Z$/, "Z");
