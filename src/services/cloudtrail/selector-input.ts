import type { AdvancedEventSelector, EventSelector } from "@aws-sdk/client-cloudtrail";
import { errors } from "./errors.js";
import type { AdvancedSelector, BasicSelector, FieldSelector } from "./selectors.js";

const DATA_TYPES = new Set(["AWS::S3::Object", "AWS::Lambda::Function", "AWS::DynamoDB::Table"]);
const EXCLUDABLE = new Set(["kms.amazonaws.com", "rdsdata.amazonaws.com"]);
const FIELDS = new Set([
  "eventCategory",
  "eventName",
  "readOnly",
  "resources.type",
  "resources.ARN",
  "eventSource",
  "eventType",
  "sessionCredentialFromConsole",
  "userIdentity.arn",
  "vpcEndpointId",
]);
const OPERATORS = ["Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith"] as const;
const MOST_SELECTORS = 5;
const MOST_ADVANCED = 50;
const MOST_DATA_RESOURCES = 250;
const MOST_VALUES = 500;
const MOST_CHARS = 2048;

/** Basic selectors as they are kept. Throws InvalidEventSelectorsException. */
export function parseSelectors(given: readonly EventSelector[]): BasicSelector[] {
  if (given.length === 0 || given.length > MOST_SELECTORS)
    throw errors.selectors("A trail has one to five event selectors.");
  const selectors = given.map(parseSelector);
  const count = selectors.flatMap((each) => each.DataResources.flatMap(({ Values }) => Values)).length;
  if (count > MOST_DATA_RESOURCES) throw errors.selectors("A trail has 250 data resources at most.");
  return selectors;
}

function parseSelector(given: EventSelector): BasicSelector {
  const { ReadWriteType = "All", IncludeManagementEvents = true } = given;
  const sources = given.ExcludeManagementEventSources ?? [];
  if (ReadWriteType !== "All" && ReadWriteType !== "ReadOnly" && ReadWriteType !== "WriteOnly")
    throw errors.selectors("ReadWriteType is All, ReadOnly or WriteOnly.");
  const odd = sources.find((source) => !EXCLUDABLE.has(source));
  if (odd !== undefined) throw errors.selectors(`The event source ${odd.slice(0, 128)} cannot be excluded.`);
  if (sources.length > 0 && !IncludeManagementEvents)
    throw errors.selectors("Sources of management events can only be excluded where these are included.");
  const resources = (given.DataResources ?? []).map(({ Type = "", Values = [] }) => ({ Type, Values }));
  for (const { Type, Values } of resources) checkResource(Type, Values);
  return {
    ReadWriteType,
    IncludeManagementEvents,
    DataResources: resources,
    ExcludeManagementEventSources: sources,
  };
}

function checkResource(type: string, values: readonly string[]): void {
  if (!DATA_TYPES.has(type)) throw errors.selectors(`${type.slice(0, 128)} is no type of data resource.`);
  const service = { "AWS::S3::Object": "s3", "AWS::Lambda::Function": "lambda" }[type] ?? "dynamodb";
  const isArn = new RegExp(`^arn:aws[a-z-]*:${service}(:|$)`);
  const odd = values.find((value) => !isArn.test(value) || value.length > MOST_CHARS);
  if (odd !== undefined) throw errors.selectors(`Value ${odd.slice(0, 256)} is no ARN of a ${type}.`);
}

/** Advanced selectors as they are kept. Throws InvalidEventSelectorsException. */
export function parseAdvanced(given: readonly AdvancedEventSelector[]): AdvancedSelector[] {
  if (given.length === 0 || given.length > MOST_ADVANCED)
    throw errors.selectors("There must be at least one advanced event selector, and not too many.");
  const selectors = given.map(({ Name, FieldSelectors }) => ({
    ...(Name === undefined ? {} : { Name: Name.slice(0, 1000) }),
    FieldSelectors: (FieldSelectors ?? []).map(parseField),
  }));
  for (const { FieldSelectors } of selectors) checkCategory(FieldSelectors);
  const values = selectors.flatMap((each) =>
    each.FieldSelectors.flatMap((field) => OPERATORS.flatMap((o) => field[o] ?? [])),
  );
  if (values.length > MOST_VALUES) throw errors.selectors("Advanced event selectors have 500 values at most.");
  return selectors;
}

function parseField(given: NonNullable<AdvancedEventSelector["FieldSelectors"]>[number]): FieldSelector {
  const { Field = "" } = given;
  if (!FIELDS.has(Field)) throw errors.selectors(`${Field.slice(0, 128)} is no field of an advanced event selector.`);
  const used = OPERATORS.filter((operator) => given[operator] !== undefined);
  if (used.length === 0) throw errors.selectors(`The field ${Field} needs an operator.`);
  const operators = Object.fromEntries(used.map((operator) => [operator, given[operator] ?? []]));
  const values = Object.values(operators).flat();
  if (values.length === 0 || values.some((value) => value === "" || value.length > MOST_CHARS))
    throw errors.selectors(`The values of ${Field} have 1 to 2048 characters.`);
  return { Field, ...operators };
}

function checkCategory(fields: readonly FieldSelector[]): void {
  const names = fields.map(({ Field }) => Field);
  if (new Set(names).size < names.length) throw errors.selectors("A field stands once in a selector.");
  const category = onlyEqual(fields, "eventCategory");
  if (category === "NetworkActivity")
    throw errors.selectors("There are no network activity events here: no VPC endpoint records them.");
  if (category !== "Management" && category !== "Data")
    throw errors.selectors("eventCategory must equal Management or Data.");
  if (category === "Data" && onlyEqual(fields, "resources.type") === undefined)
    throw errors.selectors("Data events need a resources.type that equals one type.");
  const readOnly = fields.find(({ Field }) => Field === "readOnly");
  if (readOnly !== undefined && !["true", "false"].includes(onlyEqual(fields, "readOnly") ?? ""))
    throw errors.selectors("readOnly must equal true or false.");
}

/** The one value that the field must equal; undefined when there is more to it, or less. */
function onlyEqual(fields: readonly FieldSelector[], name: string): string | undefined {
  const field = fields.find(({ Field }) => Field === name);
  if (field === undefined || OPERATORS.filter((operator) => field[operator] !== undefined).length !== 1)
    return undefined;
  return field.Equals?.length === 1 ? field.Equals[0] : undefined;
}
