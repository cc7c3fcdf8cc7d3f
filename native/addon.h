/*
 * AES-256-GCM, SHA-256 and HMAC-SHA-256 over memory that the caller owns. The arithmetic is OpenSSL's, which Node itself
 * carries and exports; what is saved is one JavaScript object, one allocation and one look-up of an algorithm a message.
 * src/crypto/addon.ts is the only caller and checks nothing that is checked here. Decision: docs/decisions/native-addon.md.
 */
#ifndef STRONGROOM_ADDON_H
#define STRONGROOM_ADDON_H

#include <node_api.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { AES_KEY = 32, HASH = 32, BLOCK = 64, NONCE = 12, TAG = 16 };

/* One in each thread that loads the addon. */
typedef struct {
  EVP_CIPHER *aes_gcm;
  /* For keys of one message. */
  EVP_CIPHER_CTX *passing;
} instance;

/* What a handle points to begins with what it is. */
enum kind { A_KEY = 0x4b455931, A_STREAM = 0x53545231 };

/* A key that is used more than once. Lives outside the JavaScript heap and is wiped when it is collected. */
typedef struct {
  enum kind kind;
  SHA256_CTX inner, outer;
  EVP_CIPHER_CTX *gcm;
  unsigned char bytes[BLOCK];
  size_t length;
} key;

typedef struct {
  unsigned char *at;
  size_t length;
} bytes;

/* arguments.c: what is not as it should be throws, and then false or NULL is answered. */
napi_value fail(napi_env env, const char *what);
bool arguments(napi_env env, napi_callback_info info, napi_value *into, size_t wanted, instance **self);
bool read_bytes(napi_env env, napi_value value, bytes *into);
/* Where `wanted` bytes are to be written: a buffer and the offset in it. */
unsigned char *read_target(napi_env env, napi_value value, napi_value offset, size_t wanted);
void *read_handle(napi_env env, napi_value value, enum kind kind);
key *read_key(napi_env env, napi_value value);

/* hashes.c */
void hmac(const key *k, const unsigned char *message, size_t length, unsigned char *tag);
/* The tag of what `state`, which began as the key's `inner`, has taken in. */
void finish_hmac(const key *k, SHA256_CTX *state, unsigned char *tag);

/* gcm.c */
bool update(EVP_CIPHER_CTX *context, unsigned char *out, const bytes *in);
/* Ciphertext and tag of the plaintext to `out`. */
bool finish_seal(EVP_CIPHER_CTX *context, unsigned char *out, const bytes *plaintext);
/* The plaintext to `out`, if the tag is right; `tag` is overwritten. */
bool finish_open(EVP_CIPHER_CTX *context, unsigned char *out, const bytes *sealed, unsigned char *tag);
/* A key of one message is overwritten. */
void forget(const instance *self, EVP_CIPHER_CTX *context);
/* Nothing is left of what did not open, nor in OpenSSL's list of errors, where others would take it for theirs. */
void refuse(unsigned char *out, size_t length);

/* What JavaScript calls. `crc_of` is offered where `has_crc` says so. */
napi_value new_key(napi_env env, napi_callback_info info);
napi_value sha256_into(napi_env env, napi_callback_info info);
napi_value sha256_hex(napi_env env, napi_callback_info info);
napi_value hmac_into(napi_env env, napi_callback_info info);
napi_value hmac_hex(napi_env env, napi_callback_info info);
napi_value seal(napi_env env, napi_callback_info info);
napi_value open_sealed(napi_env env, napi_callback_info info);
napi_value fill_random(napi_env env, napi_callback_info info);
napi_value seal_message(napi_env env, napi_callback_info info);
napi_value open_message(napi_env env, napi_callback_info info);
napi_value new_stream(napi_env env, napi_callback_info info);
napi_value start_run(napi_env env, napi_callback_info info);
napi_value end_stream(napi_env env, napi_callback_info info);
napi_value start_write(napi_env env, napi_callback_info info);
napi_value crc_of(napi_env env, napi_callback_info info);
bool has_crc(void);

#endif
