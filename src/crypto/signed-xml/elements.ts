import type { XmlElement } from "./xml.js";

export const elementsIn = ({ children }: XmlElement): readonly XmlElement[] =>
  children.filter((child) => typeof child !== "string");

export const isElement = (element: XmlElement, uri: string, local: string): boolean =>
  element.uri === uri && element.local === local;

export const childrenOf = (parent: XmlElement, uri: string, local: string): readonly XmlElement[] =>
  elementsIn(parent).filter((child) => isElement(child, uri, local));

/** The child of that name where there is exactly one. */
export function onlyChild(parent: XmlElement, uri: string, local: string): XmlElement | undefined {
  const [found, ...more] = childrenOf(parent, uri, local);
  return more.length === 0 ? found : undefined;
}

/** The value of an attribute without a prefix. */
export const attributeOf = ({ attributes }: XmlElement, local: string): string | undefined =>
  attributes.find((attribute) => attribute.uri === "" && attribute.local === local)?.value;

/** All text of an element that holds nothing else; undefined where an element stands inside. */
export const textOf = ({ children }: XmlElement): string | undefined =>
  children.every((child) => typeof child === "string") ? children.join("") : undefined;

/** The element and everything below it, in the order of the document. */
export function* everyElement(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of elementsIn(element)) yield* everyElement(child);
}
