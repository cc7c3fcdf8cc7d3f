/* Keys, SHA-256 and HMAC-SHA-256 (FIPS 180-4, 198-1). */
#include "addon.h"

enum { MOST_TEXT = 4096 };

static void free_key(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  key *k = data;
  EVP_CIPHER_CTX_free(k->gcm);
  OPENSSL_cleanse(k, sizeof *k);
  free(k);
}

static void begin_hash(SHA256_CTX *state, const key *k, unsigned char pad) {
  unsigned char block[BLOCK];
  memset(block, pad, BLOCK);
  for (size_t at = 0; at < k->length; at++) block[at] ^= k->bytes[at];
  SHA256_Init(state);
  SHA256_Update(state, block, BLOCK);
  OPENSSL_cleanse(block, BLOCK);
}

/* key(bytes): of at most one block of the hash. */
napi_value new_key(napi_env env, napi_callback_info info) {
  napi_value argument, handle;
  bytes from;
  if (!arguments(env, info, &argument, 1, NULL) || !read_bytes(env, argument, &from)) return NULL;
  if (from.length > BLOCK) return fail(env, "a longer key is hashed first");
  key *k = calloc(1, sizeof *k);
  if (k == NULL) return fail(env, "out of memory");
  k->kind = A_KEY;
  memcpy(k->bytes, from.at, from.length);
  k->length = from.length;
  begin_hash(&k->inner, k, 0x36);
  begin_hash(&k->outer, k, 0x5c);
  if (napi_create_external(env, k, free_key, NULL, &handle) == napi_ok) return handle;
  free_key(env, k, NULL);
  return fail(env, "a key could not be made");
}

/* OpenSSL's one call for this looks the algorithm up each time. */
static void sha256(const bytes *message, unsigned char *digest) {
  SHA256_CTX state;
  SHA256_Init(&state);
  SHA256_Update(&state, message->at, message->length);
  SHA256_Final(digest, &state);
}

void finish_hmac(const key *k, SHA256_CTX *state, unsigned char *tag) {
  unsigned char inner[HASH];
  SHA256_Final(inner, state);
  *state = k->outer;
  SHA256_Update(state, inner, HASH);
  SHA256_Final(tag, state);
  OPENSSL_cleanse(state, sizeof *state);
  OPENSSL_cleanse(inner, HASH);
}

void hmac(const key *k, const unsigned char *message, size_t length, unsigned char *tag) {
  SHA256_CTX state = k->inner;
  SHA256_Update(&state, message, length);
  finish_hmac(k, &state, tag);
}

static napi_value hex(napi_env env, const unsigned char *digest) {
  static const char digits[] = "0123456789abcdef";
  char text[2 * HASH];
  napi_value value = NULL;
  for (int at = 0; at < HASH; at++) {
    text[2 * at] = digits[digest[at] >> 4];
    text[2 * at + 1] = digits[digest[at] & 15];
  }
  napi_create_string_latin1(env, text, sizeof text, &value);
  return value;
}

/* A text's UTF-8 bytes, or false: it is longer, or none. What is cut off in a character still shows as longer. */
static bool read_text(napi_env env, napi_value value, char *text, size_t *length) {
  return napi_get_value_string_utf8(env, value, text, MOST_TEXT + 8, length) == napi_ok && *length <= MOST_TEXT;
}

/* hmac(key, message, target, at) */
napi_value hmac_into(napi_env env, napi_callback_info info) {
  napi_value a[4];
  bytes message;
  if (!arguments(env, info, a, 4, NULL)) return NULL;
  const key *k = read_key(env, a[0]);
  if (k == NULL || !read_bytes(env, a[1], &message)) return NULL;
  unsigned char *tag = read_target(env, a[2], a[3], HASH);
  if (tag != NULL) hmac(k, message.at, message.length, tag);
  return NULL;
}

/* hmacHex(key, text): undefined for a text that is too long. */
napi_value hmac_hex(napi_env env, napi_callback_info info) {
  napi_value a[2];
  char text[MOST_TEXT + 8];
  size_t length;
  unsigned char tag[HASH];
  if (!arguments(env, info, a, 2, NULL)) return NULL;
  const key *k = read_key(env, a[0]);
  if (k == NULL || !read_text(env, a[1], text, &length)) return NULL;
  hmac(k, (unsigned char *)text, length, tag);
  return hex(env, tag);
}

/* sha256(message, target, at) */
napi_value sha256_into(napi_env env, napi_callback_info info) {
  napi_value a[3];
  bytes message;
  if (!arguments(env, info, a, 3, NULL) || !read_bytes(env, a[0], &message)) return NULL;
  unsigned char *digest = read_target(env, a[1], a[2], HASH);
  if (digest != NULL) sha256(&message, digest);
  return NULL;
}

/* sha256Hex(text or bytes): undefined for a text that is too long. */
napi_value sha256_hex(napi_env env, napi_callback_info info) {
  napi_value argument;
  char text[MOST_TEXT + 8];
  bytes message = {(unsigned char *)text, 0};
  unsigned char digest[HASH];
  napi_valuetype type;
  if (!arguments(env, info, &argument, 1, NULL) || napi_typeof(env, argument, &type) != napi_ok) return NULL;
  if (type == napi_string ? !read_text(env, argument, text, &message.length) : !read_bytes(env, argument, &message))
    return NULL;
  sha256(&message, digest);
  return hex(env, digest);
}
