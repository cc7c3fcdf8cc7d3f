import type { Filter, Mark, PageQuestion } from "../../../audit/index.js";
import { AwsError } from "../../../base/index.js";
import { ownOperation } from "../../../kit/index.js";
import { houseCheck, refuseGuests, textMember } from "../owner.js";
import type { StrongroomPorts } from "../ports.js";

type Input = Readonly<Record<string, unknown>>;

/** One page of a slot's chain, of every account's records: opened, checked and signed for. Without a slot, their names. */
export const readTrail = ownOperation("ReadTrail", {
  readOnly: true,
  parse: (input) => (input["slot"] === undefined ? { slot: undefined } : questionOf(input)),
  checks: (ctx) => [houseCheck(ctx, "ReadTrail")],
  run: async (ctx, input, _ok, ports: StrongroomPorts) => {
    await refuseGuests(ctx, ports);
    const slots = await ports.ledger.slots();
    if (input.slot === undefined) return { slots };
    if (!slots.includes(input.slot)) throw new AwsError("ValidationException", `There is no slot ${input.slot}.`);
    return { ...(await ports.ledger.page(input)) };
  },
});

function questionOf(input: Input): PageQuestion {
  const slot = textMember(input, "slot", 32);
  const [start, filter] = [objectMember(input, "start"), objectMember(input, "filter")];
  return { slot, ...(start && { start: markOf(start) }), ...(filter && { filter: filterOf(filter) }) };
}

function objectMember(input: Input, name: string): Input | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw invalid(`'${name}' must be an object.`);
  return value as Input; // just looked
}

function markOf(start: Input): Mark {
  const [segment, offset, frame] = ["segment", "offset", "frame"].map((name) => numberMember(start, name));
  const hash = textMember(start, "hash", 64);
  if (!/^[0-9a-f]{64}$/.test(hash)) throw invalid("'hash' must be 64 hex digits.");
  return { segment: segment ?? 0, offset: offset ?? 0, frame: frame ?? 0, hash };
}

function numberMember(input: Input, name: string): number {
  const value = input[name];
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > 0xffff_ffff)
    throw invalid(`'${name}' must be a whole number of 32 bits.`);
  return value;
}

function filterOf(filter: Input): Filter {
  const [from, to, account] = ["from", "to", "account"].map((name) =>
    filter[name] === undefined || filter[name] === null ? null : textMember(filter, name, 40),
  );
  for (const time of [from, to]) {
    if (time && Number.isNaN(Date.parse(time))) throw invalid("'from' and 'to' must be times of ISO 8601.");
  }
  return { from: from ?? null, to: to ?? null, account: account ?? null };
}

const invalid = (message: string) => new AwsError("ValidationException", message);
