/* AES-256-GCM (SP 800-38D) with 96-bit nonces and full tags. */
#include <openssl/err.h>
#include <openssl/rand.h>

#include "addon.h"

/*
 * The context of a key, set to the nonce. The key is a handle or, for a key of one message, its 32 bytes: then it is
 * forgotten with `forget`.
 */
static EVP_CIPHER_CTX *begin_gcm(napi_env env, const instance *self, napi_value of, napi_value nonce_value, bool seals) {
  bytes raw, nonce;
  key *k = NULL;
  EVP_CIPHER_CTX *context = self->passing;
  const unsigned char *to_set = NULL;
  napi_valuetype type;
  if (!read_bytes(env, nonce_value, &nonce) || napi_typeof(env, of, &type) != napi_ok) return NULL;
  if (type == napi_external) {
    k = read_key(env, of);
    if (k == NULL) return NULL;
    raw = (bytes){k->bytes, k->length};
  } else if (!read_bytes(env, of, &raw)) {
    return NULL;
  }
  if (raw.length != AES_KEY || nonce.length != NONCE) {
    fail(env, "AES-256-GCM takes a key of 32 bytes and a nonce of 12");
    return NULL;
  }
  if (k == NULL || k->gcm == NULL) to_set = raw.at;
  if (k != NULL) {
    if (k->gcm == NULL) k->gcm = EVP_CIPHER_CTX_new();
    context = k->gcm;
  }
  const EVP_CIPHER *cipher = k != NULL && to_set != NULL ? self->aes_gcm : NULL;
  if (context != NULL && EVP_CipherInit_ex2(context, cipher, to_set, nonce.at, seals, NULL)) return context;
  if (k != NULL) {
    EVP_CIPHER_CTX_free(k->gcm);
    k->gcm = NULL;
  }
  fail(env, "OpenSSL refused the key");
  return NULL;
}

void forget(const instance *self, EVP_CIPHER_CTX *context) {
  static const unsigned char none[AES_KEY], start[NONCE];
  if (context == self->passing) EVP_CipherInit_ex2(context, NULL, none, start, true, NULL);
}

bool update(EVP_CIPHER_CTX *context, unsigned char *out, const bytes *in) {
  int written;
  return in->length == 0 || EVP_CipherUpdate(context, out, &written, in->at, (int)in->length);
}

bool finish_seal(EVP_CIPHER_CTX *context, unsigned char *out, const bytes *plaintext) {
  int written;
  unsigned char *tag = out + plaintext->length;
  return update(context, out, plaintext) && EVP_CipherFinal_ex(context, tag, &written) &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG, tag) > 0;
}

bool finish_open(EVP_CIPHER_CTX *context, unsigned char *out, const bytes *sealed, unsigned char *tag) {
  int written;
  return update(context, out, sealed) && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG, tag) > 0 &&
         EVP_CipherFinal_ex(context, tag, &written) > 0;
}

/* seal(key, nonce, plaintext, aad, target, at): writes ciphertext and tag. */
napi_value seal(napi_env env, napi_callback_info info) {
  napi_value a[6];
  instance *self;
  bytes plaintext, aad;
  if (!arguments(env, info, a, 6, &self) || !read_bytes(env, a[2], &plaintext) || !read_bytes(env, a[3], &aad)) return NULL;
  unsigned char *out = read_target(env, a[4], a[5], plaintext.length + TAG);
  if (out == NULL) return NULL;
  EVP_CIPHER_CTX *context = begin_gcm(env, self, a[0], a[1], true);
  if (context == NULL) return NULL;
  bool sealed = update(context, NULL, &aad) && finish_seal(context, out, &plaintext);
  forget(self, context);
  return sealed ? NULL : fail(env, "OpenSSL could not seal");
}

void refuse(unsigned char *out, size_t length) {
  if (length > 0) OPENSSL_cleanse(out, length);
  ERR_clear_error();
}

/*
 * open(key, nonce, sealed, aad, target, at): writes the plaintext and answers true; or wipes it and answers false.
 * The target may be where the sealed bytes lie.
 */
napi_value open_sealed(napi_env env, napi_callback_info info) {
  napi_value a[6], answer = NULL;
  instance *self;
  bytes sealed, aad;
  unsigned char tag[TAG];
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
  bool opened = update(context, NULL, &aad) && finish_open(context, out, &sealed, tag);
  forget(self, context);
  if (!opened) refuse(out, sealed.length);
  napi_get_boolean(env, opened, &answer);
  return answer;
}

/* random(target): key bytes, from OpenSSL's generator for secrets. */
napi_value fill_random(napi_env env, napi_callback_info info) {
  napi_value argument;
  bytes target;
  if (!arguments(env, info, &argument, 1, NULL) || !read_bytes(env, argument, &target)) return NULL;
  if (target.length > 0 && RAND_priv_bytes(target.at, (int)target.length) != 1) return fail(env, "no random bytes");
  return NULL;
}
