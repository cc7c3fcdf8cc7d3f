/* Messages under keys of their own: derived with SP 800-108, sealed with AES-256-GCM. src/crypto/own-message.ts */
#include "addon.h"

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
napi_value seal_message(napi_env env, napi_callback_info info) {
  napi_value a[6];
  instance *self;
  own_message m;
  if (!arguments(env, info, a, 6, &self) || !begin_message(env, self, a, true, &m)) return NULL;
  bool sealed = finish_seal(m.cipher, m.message.at + m.head, &m.body);
  forget(self, m.cipher);
  return sealed ? NULL : fail(env, "OpenSSL could not seal");
}

/* openMessage: `body` is where the plaintext is written; false, and nothing of it, when the message is not what was sealed. */
napi_value open_message(napi_env env, napi_callback_info info) {
  napi_value a[6], answer = NULL;
  instance *self;
  own_message m;
  unsigned char tag[TAG];
  if (!arguments(env, info, a, 6, &self) || !begin_message(env, self, a, false, &m)) return NULL;
  bytes sealed = {m.message.at + m.head, m.body.length};
  memcpy(tag, sealed.at + sealed.length, TAG);
  bool opened = finish_open(m.cipher, m.body.at, &sealed, tag);
  forget(self, m.cipher);
  if (!opened) refuse(m.body.at, m.body.length);
  napi_get_boolean(env, opened, &answer);
  return answer;
}
