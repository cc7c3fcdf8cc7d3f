/**
 * What keys mean: keys, aliases, grants, key policies, rotation, deletion, and the `Keys` port through which every
 * service uses them. It never speaks a wire protocol and never sees key material, which stays in `keystore/`.
 * `services/kms` puts it on the wire; storage services hold its ports.
 */
export * from "./port.js";
