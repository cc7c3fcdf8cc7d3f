import type { Member, ShapeRef } from "./model.js";
import type { RootWriter, XmlWriter } from "./xml-writer.js";

const LISTS = ["Versions", "DeleteMarkers"] as const;
type ListName = (typeof LISTS)[number];

interface VersionsList {
  readonly Versions?: readonly unknown[];
  readonly DeleteMarkers?: readonly unknown[];
  /** Which list each entry is from, from the first to the last; without it one list stands behind the other. */
  readonly listed?: readonly ListName[];
}

/**
 * Versions and delete markers are two lists in the model and one in S3's document, where each stands in its place.
 * The operation says beside its output which is next.
 */
export function versionsListWriter(writer: XmlWriter, ref: ShapeRef, takes: (member: Member) => boolean): RootWriter {
  const only = (name: string) => writer.structure(ref, (member) => member[0] === name);
  const plain = writer.structure(ref, takes);
  const rest = writer.structure(ref, (member) => takes(member) && !LISTS.some((name) => name === member[0]));
  const entry = { Versions: only("Versions"), DeleteMarkers: only("DeleteMarkers") };
  return {
    attributes: rest.attributes,
    writeContent: (value, to) => {
      const list = value as VersionsList; // the operation's output
      if (list.listed === undefined) return plain.writeContent(value, to);
      rest.writeContent(value, to);
      for (const { name, from, to: end } of runsOf(list.listed))
        entry[name].writeContent({ [name]: list[name]?.slice(from, end) }, to);
    },
  };
}

/** Entries that follow each other in the document and are of one list. */
function runsOf(listed: readonly ListName[]): { name: ListName; from: number; to: number }[] {
  const runs: { name: ListName; from: number; to: number }[] = [];
  const at = { Versions: 0, DeleteMarkers: 0 };
  for (const name of listed) {
    const last = runs[runs.length - 1];
    const from = at[name]++;
    if (last?.name === name) last.to = at[name];
    else runs.push({ name, from, to: at[name] });
  }
  return runs;
}
