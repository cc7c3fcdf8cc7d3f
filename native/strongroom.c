/*
 * AES-256-GCM, SHA-256 and HMAC-SHA-256 over memory that the caller owns. The arithmetic is OpenSSL's, which Node itself
 * carries and exports; what is saved is one JavaScript object, one allocation and one look-up of an algorithm a message.
 * src/crypto/addon.ts is its only caller and checks nothing that is checked here. Decision: docs/decisions/native-addon.md.
 */
#include <node_api.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { AES_KEY = 32, HASH = 32, BLOCK = 64, NONCE = 12, TAG = 16, MOST_TEXT = 4096 };
/* OpenSSL counts in int, and no message of the house is longer than a record. */
#define MOST_MESSAGE ((size_t)1 << 30)

/* One in each thread that loads the addon. */
typedef struct {
  EVP_CIPHER *aes_gcm;
  EVP_CIPHER_CTX *passing;
} instance;

/* A key that is used more than once. Lives outside the JavaScript heap and is wiped when it is collected. */
typedef struct {
  SHA256_CTX inner, outer;
  EVP_CIPHER_CTX *gcm;
  unsigned char bytes[BLOCK];
  size_t length;
} key;

typedef struct {
  unsigned char *at;
  size_t length;
} bytes;

static napi_value fail(napi_env env, const char *what) {
  napi_throw_error(env, NULL, what);
  return NULL;
}

static bool arguments(napi_env env, napi_callback_info info, napi_value *into, size_t wanted, instance **self) {
  size_t count = wanted;
  if (napi_get_cb_info(env, info, &count, into, NULL, (void **)self) == napi_ok && count == wanted) return true;
  fail(env, "the addon was called with too few arguments");
  return false;
}

static bool read_bytes(napi_env env, napi_value value, bytes *into) {
  napi_typedarray_type type;
  void *at = NULL;
  if (napi_get_typedarray_info(env, value, &type, &into->length, &at, NULL, NULL) == napi_ok &&
      type == napi_uint8_array && into->length <= MOST_MESSAGE) {
    into->at = at;
    return true;
  }
  fail(env, "bytes were expected");
  return false;
}

/* Where `wanted` bytes are to be written: a buffer and the offset in it. */
static unsigned char *read_target(napi_env env, napi_value value, napi_value offset, size_t wanted) {
  bytes target;
  uint32_t at;
  if (!read_bytes(env, value, &target)) return NULL;
  if (napi_get_value_uint32(env, offset, &at) != napi_ok || at > target.length || target.length - at < wanted) {
    fail(env, "the result has no room where it is wanted");
    return NULL;
  }
  /* No bytes may lie nowhere. */
  static unsigned char nothing;
  return target.at == NULL ? &nothing : target.at + at;
}

static key *read_key(napi_env env, napi_value value) {
  void *found = NULL;
  if (napi_get_value_external(env, value, &found) == napi_ok && found != NULL) return found;
  fail(env, "a key was expected");
  return NULL;
}

/* ---- keys ---- */

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
static napi_value new_key(napi_env env, napi_callback_info info) {
  napi_value argument, handle;
  bytes from;
  if (!arguments(env, info, &argument, 1, NULL) || !read_bytes(env, argument, &from)) return NULL;
  if (from.length > BLOCK) return fail(env, "a longer key is hashed first");
  key *k = calloc(1, sizeof *k);
  if (k == NULL) return fail(env, "out of memory");
  memcpy(k->bytes, from.at, from.length);
  k->length = from.length;
  begin_hash(&k->inner, k, 0x36);
  begin_hash(&k->outer, k, 0x5c);
  if (napi_create_external(env, k, free_key, NULL, &handle) == napi_ok) return handle;
  free_key(env, k, NULL);
  return fail(env, "a key could not be made");
}

/* ---- SHA-256 and HMAC-SHA-256 (FIPS 180-4, 198-1) ---- */

/* OpenSSL's one call for this looks the algorithm up each time. */
static void sha256(const bytes *message, unsigned char *digest) {
  SHA256_CTX state;
  SHA256_Init(&state);
  SHA256_Update(&state, message->at, message->length);
  SHA256_Final(digest, &state);
}

static void finish_hmac(const key *k, SHA256_CTX *state, unsigned char *tag) {
  unsigned char inner[HASH];
  SHA256_Final(inner, state);
  *state = k->outer;
  SHA256_Update(state, inner, HASH);
  SHA256_Final(tag, state);
  OPENSSL_cleanse(state, sizeof *state);
  OPENSSL_cleanse(inner, HASH);
}

static void hmac(const key *k, const unsigned char *message, size_t length, unsigned char *tag) {
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
static napi_value hmac_into(napi_env env, napi_callback_info info) {
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
static napi_value hmac_hex(napi_env env, napi_callback_info info) {
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
static napi_value sha256_into(napi_env env, napi_callback_info info) {
  napi_value a[3];
  bytes message;
  if (!arguments(env, info, a, 3, NULL) || !read_bytes(env, a[0], &message)) return NULL;
  unsigned char *digest = read_target(env, a[1], a[2], HASH);
  if (digest != NULL) sha256(&message, digest);
  return NULL;
}

/* sha256Hex(text or bytes): undefined for a text that is too long. */
static napi_value sha256_hex(napi_env env, napi_callback_info info) {
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

/* ---- AES-256-GCM (SP 800-38D) with 96-bit nonces and full tags ---- */

/*
 * The context of a key, set to the nonce. The key is a handle or, for a key of one message, its 32 bytes: then it is
 * forgotten with `forget`.
 */
static EVP_CIPHER_CTX *begin_gcm(napi_env env, const instance *self, napi_value of, napi_value nonce_value, bool seals) {
  bytes raw, nonce;
  EVP_CIPHER_CTX *context = self->passing;
  const unsigned char *to_set = NULL;
  napi_valuetype type;
  if (!read_bytes(env, nonce_value, &nonce) || napi_typeof(env, of, &type) != napi_ok) return NULL;
  if (type == napi_external) {
    key *k = read_key(env, of);
    if (k == NULL) return NULL;
    raw = (bytes){k->bytes, k->length};
    if (k->gcm == NULL) {
      k->gcm = EVP_CIPHER_CTX_new();
      if (k->gcm == NULL || !EVP_CipherInit_ex2(k->gcm, self->aes_gcm, NULL, NULL, seals, NULL)) {
        fail(env, "OpenSSL refused the cipher");
        return NULL;
      }
      to_set = raw.at;
    }
    context = k->gcm;
  } else {
    if (!read_bytes(env, of, &raw)) return NULL;
    to_set = raw.at;
  }
  if (raw.length == AES_KEY && nonce.length == NONCE && EVP_CipherInit_ex2(context, NULL, to_set, nonce.at, seals, NULL))
    return context;
  fail(env, "AES-256-GCM takes a key of 32 bytes and a nonce of 12");
  return NULL;
}

static void forget(const instance *self, EVP_CIPHER_CTX *context) {
  static const unsigned char none[AES_KEY], start[NONCE];
  if (context == self->passing) EVP_CipherInit_ex2(context, NULL, none, start, true, NULL);
}

static bool update(EVP_CIPHER_CTX *context, unsigned char *out, const bytes *in) {
  int written;
  return in->length == 0 || EVP_CipherUpdate(context, out, &written, in->at, (int)in->length);
}

/* seal(key, nonce, plaintext, aad, target, at): writes ciphertext and tag. */
static napi_value seal(napi_env env, napi_callback_info info) {
  napi_value a[6];
  instance *self;
  bytes plaintext, aad;
  int written;
  if (!arguments(env, info, a, 6, &self) || !read_bytes(env, a[2], &plaintext) || !read_bytes(env, a[3], &aad)) return NULL;
  unsigned char *out = read_target(env, a[4], a[5], plaintext.length + TAG);
  if (out == NULL) return NULL;
  EVP_CIPHER_CTX *context = begin_gcm(env, self, a[0], a[1], true);
  if (context == NULL) return NULL;
  bool sealed = update(context, NULL, &aad) && update(context, out, &plaintext) &&
                EVP_CipherFinal_ex(context, out + plaintext.length, &written) &&
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG, out + plaintext.length) > 0;
  forget(self, context);
  return sealed ? NULL : fail(env, "OpenSSL could not seal");
}

/*
 * open(key, nonce, sealed, aad, target, at): writes the plaintext and answers true; or wipes it and answers false.
 * The target may be where the sealed bytes lie.
 */
static napi_value open_sealed(napi_env env, napi_callback_info info) {
  napi_value a[6], answer = NULL;
  instance *self;
  bytes sealed, aad;
  unsigned char tag[TAG];
  int written;
  if (!arguments(env, info, a, 6, &self) || !read_bytes(env, a[2], &sealed) || !read_bytes(env, a[3], &aad)) return NULL;
  if (sealed.length < TAG) {
    napi_get_boolean(env, false, &answer);
    return answer;
  }
  sealed.length -= TAG;
  memcpy(tag, sealed.at + sealed.length, TAG);
  unsigned char *out = read_target(env, a[4], a[5], sealed.length);
  if (out == NULL) return NULL;
  EVP_CIPHER_CTX *context = begin_gcm(env, self, a[0], a[1], false);
  if (context == NULL) return NULL;
  bool opened = update(context, NULL, &aad) && update(context, out, &sealed) &&
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG, tag) > 0 &&
                EVP_CipherFinal_ex(context, tag, &written) > 0;
  forget(self, context);
  if (!opened) OPENSSL_cleanse(out, sealed.length);
  napi_get_boolean(env, opened, &answer);
  return answer;
}

/* ---- messages under keys of their own ---- */

/*
 * A message is its head, ciphertext and tag. Its key is derived from another with the head, so its nonce may be zero; head and
 * context are authenticated. What sealMessage and openMessage take: (key, label, message, headLength, body, context).
 */
typedef struct {
  bytes label, message, body, context;
  uint32_t head;
  EVP_CIPHER_CTX *cipher;
} own_message;

/* NIST SP 800-108r1, counter mode, one block: as `kdf` in src/crypto/kdf.ts. */
static void derive(const key *k, const bytes *label, const bytes *context, unsigned char *derived) {
  static const unsigned char counter[4] = {0, 0, 0, 1}, zero = 0, bits[4] = {0, 0, 1, 0};
  SHA256_CTX state = k->inner;
  SHA256_Update(&state, counter, sizeof counter);
  SHA256_Update(&state, label->at, label->length);
  SHA256_Update(&state, &zero, 1);
  SHA256_Update(&state, context->at, context->length);
  SHA256_Update(&state, bits, sizeof bits);
  finish_hmac(k, &state, derived);
}

static bool begin_message(napi_env env, const instance *self, const napi_value *a, bool seals, own_message *m) {
  static const unsigned char nonce[NONCE];
  unsigned char own_key[HASH];
  const key *k = read_key(env, a[0]);
  if (k == NULL || !read_bytes(env, a[1], &m->label) || !read_bytes(env, a[2], &m->message) ||
      !read_bytes(env, a[4], &m->body) || !read_bytes(env, a[5], &m->context))
    return false;
  if (napi_get_value_uint32(env, a[3], &m->head) != napi_ok || m->head > m->message.length ||
      m->message.length - m->head != m->body.length + TAG) {
    fail(env, "a message is its head, its body and a tag");
    return false;
  }
  bytes head = {m->message.at, m->head};
  derive(k, &m->label, &head, own_key);
  m->cipher = self->passing;
  bool begun = EVP_CipherInit_ex2(m->cipher, NULL, own_key, nonce, seals, NULL) && update(m->cipher, NULL, &head) &&
               update(m->cipher, NULL, &m->context);
  OPENSSL_cleanse(own_key, HASH);
  if (!begun) {
    forget(self, m->cipher);
    fail(env, "OpenSSL could not begin a message");
  }
  return begun;
}

/* sealMessage: `body` is the plaintext; ciphertext and tag are written behind the head. */
static napi_value seal_message(napi_env env, napi_callback_info info) {
  napi_value a[6];
  instance *self;
  own_message m;
  int written;
  if (!arguments(env, info, a, 6, &self) || !begin_message(env, self, a, true, &m)) return NULL;
  unsigned char *out = m.message.at + m.head, *tag = out + m.body.length;
  bool sealed = update(m.cipher, out, &m.body) && EVP_CipherFinal_ex(m.cipher, tag, &written) &&
                EVP_CIPHER_CTX_ctrl(m.cipher, EVP_CTRL_AEAD_GET_TAG, TAG, tag) > 0;
  forget(self, m.cipher);
  return sealed ? NULL : fail(env, "OpenSSL could not seal");
}

/* openMessage: `body` is where the plaintext is written; false, and nothing of it, when the message is not what was sealed. */
static napi_value open_message(napi_env env, napi_callback_info info) {
  napi_value a[6], answer = NULL;
  instance *self;
  own_message m;
  unsigned char tag[TAG];
  int written;
  if (!arguments(env, info, a, 6, &self) || !begin_message(env, self, a, false, &m)) return NULL;
  bytes sealed = {m.message.at + m.head, m.body.length};
  memcpy(tag, sealed.at + sealed.length, TAG);
  bool opened = update(m.cipher, m.body.at, &sealed) &&
                EVP_CIPHER_CTX_ctrl(m.cipher, EVP_CTRL_AEAD_SET_TAG, TAG, tag) > 0 &&
                EVP_CipherFinal_ex(m.cipher, tag, &written) > 0;
  forget(self, m.cipher);
  if (!opened && m.body.length > 0) OPENSSL_cleanse(m.body.at, m.body.length);
  napi_get_boolean(env, opened, &answer);
  return answer;
}

/* random(target): key bytes, from OpenSSL's generator for secrets. */
static napi_value fill_random(napi_env env, napi_callback_info info) {
  napi_value argument;
  bytes target;
  if (!arguments(env, info, &argument, 1, NULL) || !read_bytes(env, argument, &target)) return NULL;
  if (target.length > 0 && RAND_priv_bytes(target.at, (int)target.length) != 1) return fail(env, "no random bytes");
  return NULL;
}

/* ---- the module ---- */

static void free_instance(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  instance *self = data;
  EVP_CIPHER_CTX_free(self->passing);
  EVP_CIPHER_free(self->aes_gcm);
  free(self);
}

NAPI_MODULE_INIT() {
  static const struct {
    const char *name;
    napi_callback call;
  } functions[] = {{"key", new_key},          {"hmac", hmac_into},       {"hmacHex", hmac_hex}, {"sha256", sha256_into},
                   {"sha256Hex", sha256_hex}, {"seal", seal},            {"open", open_sealed},
                   {"random", fill_random},   {"sealMessage", seal_message}, {"openMessage", open_message}};
  instance *self = calloc(1, sizeof *self);
  if (self == NULL) return fail(env, "out of memory");
  self->aes_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
  self->passing = EVP_CIPHER_CTX_new();
  if (self->aes_gcm == NULL || self->passing == NULL ||
      !EVP_CipherInit_ex2(self->passing, self->aes_gcm, NULL, NULL, true, NULL) ||
      napi_set_instance_data(env, self, free_instance, NULL) != napi_ok) {
    free_instance(env, self, NULL);
    return fail(env, "OpenSSL offers no AES-256-GCM");
  }
  for (size_t at = 0; at < sizeof functions / sizeof *functions; at++) {
    napi_value made;
    if (napi_create_function(env, functions[at].name, NAPI_AUTO_LENGTH, functions[at].call, self, &made) != napi_ok ||
        napi_set_named_property(env, exports, functions[at].name, made) != napi_ok)
      return fail(env, "the addon could not be set up");
  }
  return exports;
}
