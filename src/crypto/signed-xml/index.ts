export { canonicalXml } from "./canonical.js";
export { attributeOf, childrenOf, elementsIn, everyElement, isElement, onlyChild, textOf } from "./elements.js";
export { SIGNATURE_URI, signedContent, WrongSignature } from "./signature.js";
export { RefusedXml, readXml, type XmlBounds, type XmlElement } from "./xml.js";
