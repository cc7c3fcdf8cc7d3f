/** Visible ASCII that JSON writes as it is: all but the quote and the backslash. */
const AS_IT_IS = /^[ !#-[\]-~]*$/;

/** The text as `JSON.stringify` writes it. Ids, names and base64 are the most that is written, and need no escapes. */
export const jsonString = (text: string): string => (AS_IT_IS.test(text) ? `"${text}"` : JSON.stringify(text));
