import { parseArn } from "../../../base/index.js";
import type { InputOf } from "../../../kit/index.js";
import { errors } from "../errors.js";
import type { Bucket } from "../store/index.js";
import { isEventType, meet } from "./event-types.js";

export const NOTIFICATIONS = "notifications";

/** What a rule sends to: queue, topic and function take S3's own message, an event bus takes EventBridge's. */
export type DestinationKind = "Queue" | "Topic" | "CloudFunction" | "EventBus";

/** One rule of a bucket, as it is stored. */
export interface NotificationRule {
  readonly kind: DestinationKind;
  readonly id: string;
  readonly arn: string;
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
  /** The rule was put with an element `Filter`, which is then shown again. */
  readonly hasFilter: boolean;
}

type Given = InputOf<typeof import("@aws-sdk/client-s3"), "PutBucketNotificationConfiguration">;
type Configuration = Given["NotificationConfiguration"];
type Filter = NonNullable<NonNullable<Configuration["QueueConfigurations"]>[number]["Filter"]>;

const MOST_RULES = 100;
const FILTER_BYTES = 1024;
const SERVICE = { Queue: "sqs", Topic: "sns", CloudFunction: "lambda", EventBus: "events" } as const;

export function notificationRules(bucket: Bucket): readonly NotificationRule[] {
  const text = bucket.settings.get(NOTIFICATIONS);
  return text === undefined ? [] : (JSON.parse(text) as NotificationRule[]); // written by PutBucketNotificationConfiguration
}

/** Everything that S3 asks of a configuration but whether its destinations can be reached. */
export function parseNotifications(given: Configuration, bucket: Bucket, newId: () => string): NotificationRule[] {
  const rules = listed(given).map(({ kind, arn, one }): NotificationRule => {
    checkArn(kind, arn, bucket);
    return { kind, arn, id: one.Id ?? newId(), events: parseEvents(one.Events), ...parseFilter(one.Filter) };
  });
  if (given.EventBridgeConfiguration !== undefined) rules.push(busRule(bucket));
  if (rules.length > MOST_RULES) throw errors.malformedXml();
  refuseRepeatedIds(rules);
  refuseOverlaps(rules.filter((rule) => rule.kind !== "EventBus"));
  return rules;
}

interface Listed {
  readonly kind: DestinationKind;
  readonly arn: string;
  readonly one: {
    readonly Id?: string | undefined;
    readonly Events: readonly string[] | undefined;
    readonly Filter?: Filter | undefined;
  };
}

const listed = (given: Configuration): Listed[] => [
  ...(given.TopicConfigurations ?? []).map((one) => ({ kind: "Topic" as const, arn: one.TopicArn ?? "", one })),
  ...(given.QueueConfigurations ?? []).map((one) => ({ kind: "Queue" as const, arn: one.QueueArn ?? "", one })),
  ...(given.LambdaFunctionConfigurations ?? []).map((one) => ({
    kind: "CloudFunction" as const,
    arn: one.LambdaFunctionArn ?? "",
    one,
  })),
];

/** An event bus takes every event of the bucket: the account's default one in the bucket's Region. */
const busRule = ({ region, account }: Bucket): NotificationRule => ({
  kind: "EventBus",
  id: "",
  arn: `arn:aws:events:${region}:${account}:event-bus/default`,
  events: [],
  prefix: "",
  suffix: "",
  hasFilter: false,
});

function checkArn(kind: DestinationKind, text: string, bucket: Bucket): void {
  const arn = parseArn(text);
  if (arn?.service !== SERVICE[kind] || arn.resource === "") {
    throw errors.invalidArgument("The ARN is not well formed", kind, text.slice(0, 1024));
  }
  if (arn.region !== bucket.region) {
    throw errors.invalidArgument(
      "The notification destination service region is not valid for the bucket location constraint",
      kind,
      text,
    );
  }
  if (arn.resource.endsWith(".fifo")) {
    throw errors.invalidArgument("FIFO queues and topics are not supported as notification destinations", kind, text);
  }
}

function parseEvents(events: readonly string[] | undefined): string[] {
  if (events === undefined || events.length === 0) throw errors.malformedXml();
  const unknown = events.find((event) => !isEventType(event));
  if (unknown !== undefined) {
    throw errors.invalidArgument("A specified event is not supported for notifications.", "Event", unknown);
  }
  return [...new Set(events)];
}

function parseFilter(filter: Filter | undefined) {
  const found = { prefix: "", suffix: "" };
  const seen = new Set<string>();
  for (const { Name = "", Value = "" } of filter?.Key?.FilterRules ?? []) {
    const name = Name.toLowerCase();
    if (name !== "prefix" && name !== "suffix") {
      throw errors.invalidArgument("filter rule name must be either prefix or suffix", "FilterRule.Name", Name);
    }
    if (seen.has(name)) {
      throw errors.invalidArgument(`Cannot specify more than one ${name} rule in a filter.`, "FilterRule.Name", Name);
    }
    if (Buffer.byteLength(Value) > FILTER_BYTES) {
      throw errors.invalidArgument(
        `Size of filter rule value cannot exceed ${FILTER_BYTES} bytes in UTF-8 representation`,
        "FilterRule.Value",
      );
    }
    seen.add(name);
    found[name] = Value;
  }
  return { ...found, hasFilter: seen.size > 0 };
}

function refuseRepeatedIds(rules: readonly NotificationRule[]): void {
  const ids = rules.filter((rule) => rule.kind !== "EventBus").map((rule) => rule.id);
  const repeated = ids.find((id, at) => ids.indexOf(id) !== at);
  if (repeated === undefined) return;
  throw errors.invalidArgument("Same ID used for multiple configurations. IDs must be unique", "Id", repeated);
}

/** One event of one key may be told by one rule alone. */
function refuseOverlaps(rules: readonly NotificationRule[]): void {
  for (const [at, one] of rules.entries()) {
    for (const other of rules.slice(at + 1)) {
      if (!one.events.some((event) => other.events.some((known) => meet(event, known)))) continue;
      if (!isPrefixed(one.prefix, other.prefix) || !isSuffixed(one.suffix, other.suffix)) continue;
      throw errors.invalidArgument(
        one.hasFilter || other.hasFilter
          ? "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type."
          : "Configurations overlap. Configurations on the same bucket cannot share a common event type.",
        "Configuration",
      );
    }
  }
}

const isPrefixed = (one: string, other: string) => one.startsWith(other) || other.startsWith(one);
const isSuffixed = (one: string, other: string) => one.endsWith(other) || other.endsWith(one);

/** As GetBucketNotificationConfiguration shows it. */
export function describeNotifications(rules: readonly NotificationRule[]) {
  const of = (kind: DestinationKind) => rules.filter((rule) => rule.kind === kind);
  const lists = {
    TopicConfigurations: of("Topic").map((rule) => ({ ...described(rule), TopicArn: rule.arn })),
    QueueConfigurations: of("Queue").map((rule) => ({ ...described(rule), QueueArn: rule.arn })),
    LambdaFunctionConfigurations: of("CloudFunction").map((rule) => ({
      ...described(rule),
      LambdaFunctionArn: rule.arn,
    })),
  };
  const shown = Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)) as Partial<
    typeof lists
  >; // some of its members
  return { ...shown, ...(of("EventBus").length > 0 ? { EventBridgeConfiguration: {} } : {}) };
}

function described({ id, events, prefix, suffix, hasFilter }: NotificationRule) {
  const FilterRules = [
    ...(prefix === "" ? [] : [{ Name: "Prefix" as "prefix", Value: prefix }]), // S3 writes it with a capital; the model does not
    ...(suffix === "" ? [] : [{ Name: "Suffix" as "suffix", Value: suffix }]), // likewise
  ];
  return {
    Id: id,
    Events: [...events] as "s3:ObjectCreated:*"[], // event types, as they were checked
    ...(hasFilter ? { Filter: { Key: { FilterRules } } } : {}),
  };
}
