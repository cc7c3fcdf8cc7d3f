import { LIMITS } from "../../../base/index.js";
import { errors } from "../errors.js";

const CHARACTERS = /^[\p{L}0-9_.-]*$/u;
const RESERVED = /^(?:aws|s3)/i;

/** Asked of what is written. A name that could not be written is merely not there for those who look for it. */
export function checkAnnotationName(name: string): void {
  const bytes = Buffer.byteLength(name);
  if (bytes > LIMITS.s3AnnotationNameBytes) throw errors.annotationNameTooLong(bytes, LIMITS.s3AnnotationNameBytes);
  if (name === "" || !CHARACTERS.test(name) || RESERVED.test(name)) throw errors.invalidAnnotationName(name);
}

/** What no name can begin with. A reserved beginning is none of these: it has no names yet. */
export function checkAnnotationPrefix(prefix: string): void {
  if (Buffer.byteLength(prefix) > LIMITS.s3AnnotationNameBytes || !CHARACTERS.test(prefix))
    throw errors.invalidPrefix(prefix.slice(0, LIMITS.s3AnnotationNameBytes));
}
