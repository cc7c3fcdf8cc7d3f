import { table } from "../../base/index.js";

/** PKCS#11 v2.40 (OASIS), the part of it that is used here. */
export const CKR = table({
  CKR_OK: 0x00,
  CKR_HOST_MEMORY: 0x02,
  CKR_SLOT_ID_INVALID: 0x03,
  CKR_GENERAL_ERROR: 0x05,
  CKR_FUNCTION_FAILED: 0x06,
  CKR_ARGUMENTS_BAD: 0x07,
  CKR_ATTRIBUTE_TYPE_INVALID: 0x12,
  CKR_ATTRIBUTE_VALUE_INVALID: 0x13,
  CKR_DATA_INVALID: 0x20,
  CKR_DEVICE_ERROR: 0x30,
  CKR_DEVICE_MEMORY: 0x31,
  CKR_DEVICE_REMOVED: 0x32,
  CKR_ENCRYPTED_DATA_INVALID: 0x40,
  CKR_ENCRYPTED_DATA_LEN_RANGE: 0x41,
  CKR_AEAD_DECRYPT_FAILED: 0x42,
  CKR_KEY_HANDLE_INVALID: 0x60,
  CKR_KEY_TYPE_INCONSISTENT: 0x63,
  CKR_KEY_FUNCTION_NOT_PERMITTED: 0x68,
  CKR_MECHANISM_INVALID: 0x70,
  CKR_MECHANISM_PARAM_INVALID: 0x71,
  CKR_OPERATION_ACTIVE: 0x90,
  CKR_OBJECT_HANDLE_INVALID: 0x82,
  CKR_PIN_INCORRECT: 0xa0,
  CKR_PIN_INVALID: 0xa1,
  CKR_PIN_LEN_RANGE: 0xa2,
  CKR_PIN_EXPIRED: 0xa3,
  CKR_PIN_LOCKED: 0xa4,
  CKR_SESSION_CLOSED: 0xb0,
  CKR_SESSION_HANDLE_INVALID: 0xb3,
  CKR_SIGNATURE_INVALID: 0xc0,
  CKR_TEMPLATE_INCONSISTENT: 0xd1,
  CKR_TOKEN_NOT_PRESENT: 0xe0,
  CKR_TOKEN_NOT_RECOGNIZED: 0xe1,
  CKR_USER_ALREADY_LOGGED_IN: 0x100,
  CKR_USER_NOT_LOGGED_IN: 0x101,
  CKR_USER_PIN_NOT_INITIALIZED: 0x102,
  CKR_USER_TYPE_INVALID: 0x103,
  CKR_USER_ANOTHER_ALREADY_LOGGED_IN: 0x104,
  CKR_USER_TOO_MANY_TYPES: 0x105,
  CKR_CRYPTOKI_NOT_INITIALIZED: 0x190,
});

export type ReturnName = keyof typeof CKR;

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(CKR).map(([name, code]) => [code, name]));

/** Codes that are not in the table keep their number: vendors have their own. */
export const returnName = (code: number): string => NAMES.get(code) ?? `CKR_0x${code.toString(16)}`;

export const CKM = table({
  AES_KEY_GEN: 0x1080,
  AES_GCM: 0x1087,
  AES_ECB_ENCRYPT_DATA: 0x1104,
});

export const CKF = table({
  RW_SESSION: 0x02,
  SERIAL_SESSION: 0x04,
  ENCRYPT: 0x100,
  DECRYPT: 0x200,
  GENERATE: 0x8000,
  DERIVE: 0x8_0000,
});

export const CKA = table({
  CLASS: 0x00,
  TOKEN: 0x01,
  PRIVATE: 0x02,
  LABEL: 0x03,
  VALUE: 0x11,
  KEY_TYPE: 0x100,
  ID: 0x102,
  SENSITIVE: 0x103,
  ENCRYPT: 0x104,
  DECRYPT: 0x105,
  WRAP: 0x106,
  UNWRAP: 0x107,
  SIGN: 0x108,
  VERIFY: 0x10a,
  DERIVE: 0x10c,
  VALUE_LEN: 0x161,
  EXTRACTABLE: 0x162,
  LOCAL: 0x163,
  NEVER_EXTRACTABLE: 0x164,
  ALWAYS_SENSITIVE: 0x165,
});

export const CKO_SECRET_KEY = 4n;
export const CKK_AES = 0x1fn;
export const CKU_USER = 1n;

/** Places in CK_FUNCTION_LIST, which begins with a version that takes the room of one pointer. */
export const FUNCTION_PLACES = table({
  C_Initialize: 1,
  C_Finalize: 2,
  C_GetSlotList: 5,
  C_GetTokenInfo: 7,
  C_GetMechanismInfo: 9,
  C_OpenSession: 13,
  C_CloseSession: 14,
  C_Login: 19,
  C_Logout: 20,
  C_CreateObject: 21,
  C_DestroyObject: 23,
  C_GetAttributeValue: 25,
  C_FindObjectsInit: 27,
  C_FindObjects: 28,
  C_FindObjectsFinal: 29,
  C_EncryptInit: 30,
  C_Encrypt: 31,
  C_DecryptInit: 34,
  C_Decrypt: 35,
  C_GenerateKey: 59,
  C_DeriveKey: 63,
  C_GenerateRandom: 65,
});
