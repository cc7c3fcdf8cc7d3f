import { utf8 } from "../../base/index.js";

// Metadata is any text, headers are not. S3 takes the encoded words of RFC 2047 in it for the text that they stand for,
// and writes what is not ASCII as such words; which of their two forms it chooses, and that `.` stays itself, is recorded.

const WORD = /^=\?([^?*]+)(?:\*[^?]*)?\?([bq])\?([^?]*)\?=/i;

/** The text that a header's value stands for. A word that cannot be read stands for itself. */
export function decodeWords(value: string): string {
  if (!value.includes("=?")) return value;
  let text = "";
  let gap = "";
  let afterWord = false;
  for (const token of value.split(/([ \t]+)/)) {
    const decoded = decodeWord(token);
    if (/^[ \t]+$/.test(token)) gap = token;
    else if (token !== "") {
      // Space between two words only parts them.
      text += `${afterWord && decoded !== undefined ? "" : gap}${decoded ?? token}`;
      afterWord = decoded !== undefined;
      gap = "";
    }
  }
  return text + gap;
}

function decodeWord(token: string): string | undefined {
  const [word = "", charset = "", form = "", letters = ""] = WORD.exec(token) ?? [];
  const encoding = CHARSETS.get(charset.toLowerCase());
  if (word === "" || encoding === undefined) return undefined;
  const bytes = form.toLowerCase() === "b" ? fromBase64(letters) : fromQuoted(letters);
  return bytes && `${bytes.toString(encoding)}${token.slice(word.length)}`;
}

const CHARSETS: ReadonlyMap<string, "utf8" | "latin1"> = new Map([
  ["utf-8", "utf8"],
  ["utf8", "utf8"],
  ["iso-8859-1", "latin1"],
  ["us-ascii", "latin1"],
]);

const fromBase64 = (letters: string) => Buffer.from(letters.replace(/[^A-Za-z0-9+/=]/g, ""), "base64");

function fromQuoted(letters: string): Buffer | undefined {
  if (/=(?![0-9a-f]{2})/i.test(letters)) return undefined;
  const plain = letters.replaceAll("_", " ");
  const text = plain.replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text, "latin1");
}

/** The header's value of a text: itself if it is ASCII, else words of at most 75 characters. */
export function encodeWords(text: string): string {
  const strange = text.replace(/[ -~]/g, "").length;
  if (strange === 0) return text;
  return split(text, text.length - strange > strange ? QUOTED : BASE64).join(" ");
}

interface Form {
  readonly letter: "Q" | "B";
  readonly write: (bytes: Buffer) => string;
}

const BASE64: Form = { letter: "B", write: (bytes) => bytes.toString("base64") };
const QUOTED: Form = {
  letter: "Q",
  write: (bytes) =>
    bytes.toString("latin1").replace(/[^!-<>@-^`-~]/g, (byte) => (byte === " " ? "_" : `=${hexOf(byte)}`)),
};
const hexOf = (byte: string) => byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0");

const MOST_LETTERS = 75 - "=?UTF-8?Q??=".length;

function split(text: string, form: Form): string[] {
  const letters = form.write(utf8(text));
  const characters = [...text];
  if (letters.length <= MOST_LETTERS || characters.length === 1) return [`=?UTF-8?${form.letter}?${letters}?=`];
  const half = characters.length >> 1;
  return [characters.slice(0, half), characters.slice(half)].flatMap((part) => split(part.join(""), form));
}
