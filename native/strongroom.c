/*
 * AES-256-GCM, SHA-256 and HMAC-SHA-256 over memory that the caller owns. The arithmetic is OpenSSL's, which Node itself
 * carries and exports; what is saved is one JavaScript object, one allocation and one look-up of an algorithm a message.
 * Segmented streams are read from their file and opened where they were read, away from the event loop.
 * src/crypto/addon.ts is its only caller and checks nothing that is checked here. Decision: docs/decisions/native-addon.md.
 */
#define _DEFAULT_SOURCE /* preadv */
#include <errno.h>
#include <node_api.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

enum { AES_KEY = 32, HASH = 32, BLOCK = 64, NONCE = 12, TAG = 16, MOST_TEXT = 4096 };
/* OpenSSL counts in int, and no message of the house is longer than a record. */
#define MOST_MESSAGE ((size_t)1 << 30)

/* One in each thread that loads the addon. */
typedef struct {
  EVP_CIPHER *aes_gcm;
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

static void *read_handle(napi_env env, napi_value value, enum kind kind) {
  void *found = NULL;
  if (napi_get_value_external(env, value, &found) == napi_ok && found != NULL && *(enum kind *)found == kind) return found;
  fail(env, kind == A_KEY ? "a key was expected" : "a stream was expected");
  return NULL;
}

static key *read_key(napi_env env, napi_value value) {
  return read_handle(env, value, A_KEY);
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
  k->kind = A_KEY;
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

/* Nothing is left of what did not open, nor in OpenSSL's list of errors, where others would take it for theirs. */
static void refuse(unsigned char *out, size_t length) {
  if (length > 0) OPENSSL_cleanse(out, length);
  ERR_clear_error();
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
  if (!opened) refuse(out, sealed.length);
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
  if (!opened) refuse(m.body.at, m.body.length);
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

/* ---- segmented streams: docs/formats/segmented-stream.md ---- */

enum { SEGMENT = 64 * 1024, HEADER = 40, VERSION = 1, PREFIX_AT = 33, PREFIX = 7, MOST_RUN = 64 };
#define SEALED_SEGMENT ((off_t)SEGMENT + TAG)
/* Neither is the number of an error of the system. */
enum { BROKEN = -1, ENDED = -2 };

/* One stream that is being read. Its key is derived when its header is read with the first run. */
typedef struct {
  enum kind kind;
  /* Wiped once the stream's own key is there. */
  key data_key;
  /* What the key is derived from, with room for the header. */
  unsigned char *message;
  size_t message_length, header_at;
  EVP_CIPHER_CTX *gcm;
  unsigned char prefix[PREFIX];
  uint64_t bytes;
  uint32_t last;
  bool has_key, is_busy, is_collected;
} stream;

/* Some segments of it on their way from the file into the caller's memory. */
typedef struct {
  stream *of;
  int file;
  uint32_t first;
  unsigned char *at;
  size_t length;
  int outcome;
  napi_async_work work;
  napi_deferred promise;
  napi_ref memory;
} run;

static void drop_stream(stream *s) {
  EVP_CIPHER_CTX_free(s->gcm);
  free(s->message);
  OPENSSL_cleanse(s, sizeof *s);
  free(s);
}

static void free_stream(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  stream *s = data;
  s->is_collected = true;
  if (!s->is_busy) drop_stream(s);
}

/* stream(key, message, headerAt, bytes): the stream's key is HMAC(key, message) with the header at its place in the message. */
static napi_value new_stream(napi_env env, napi_callback_info info) {
  napi_value a[4], handle;
  instance *self;
  bytes message;
  int64_t plaintext;
  if (!arguments(env, info, a, 4, &self)) return NULL;
  const key *from = read_key(env, a[0]);
  if (from == NULL || !read_bytes(env, a[1], &message)) return NULL;
  const unsigned char *room = read_target(env, a[1], a[2], HEADER);
  if (room == NULL) return NULL;
  if (napi_get_value_int64(env, a[3], &plaintext) != napi_ok || plaintext < 1 || plaintext > (int64_t)SEGMENT << 32)
    return fail(env, "a stream has bytes");
  stream *s = calloc(1, sizeof *s);
  if (s == NULL) return fail(env, "out of memory");
  *s = (stream){.kind = A_STREAM, .data_key = *from, .bytes = (uint64_t)plaintext};
  s->data_key.gcm = NULL;
  s->last = (uint32_t)((s->bytes - 1) / SEGMENT);
  s->message_length = message.length;
  s->header_at = (size_t)(room - message.at);
  s->message = malloc(message.length);
  s->gcm = EVP_CIPHER_CTX_new();
  if (s->message != NULL) memcpy(s->message, message.at, message.length);
  if (s->message != NULL && s->gcm != NULL && EVP_CipherInit_ex2(s->gcm, self->aes_gcm, NULL, NULL, false, NULL) &&
      napi_create_external(env, s, free_stream, NULL, &handle) == napi_ok)
    return handle;
  drop_stream(s);
  return fail(env, "a stream could not be made");
}

/* 0, ENDED or the system's error. */
static int read_all(int file, struct iovec *parts, int count, off_t position) {
  while (count > 0) {
    ssize_t got = preadv(file, parts, count, position);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got == 0 ? ENDED : errno;
    position += got;
    for (; count > 0 && (size_t)got >= parts->iov_len; parts++, count--) got -= (ssize_t)parts->iov_len;
    if (count == 0) break;
    parts->iov_base = (unsigned char *)parts->iov_base + got;
    parts->iov_len -= (size_t)got;
  }
  return 0;
}

/* Ciphertext into the caller's memory, tags beside it, and before the first run the header into its place. */
static int read_run(const run *r, unsigned char (*tags)[TAG]) {
  stream *s = r->of;
  struct iovec parts[1 + 2 * MOST_RUN], *next = parts;
  off_t position = HEADER + r->first * SEALED_SEGMENT;
  if (!s->has_key) {
    *next++ = (struct iovec){s->message + s->header_at, HEADER};
    if (r->first > 0) {
      int outcome = read_all(r->file, parts, 1, 0);
      if (outcome != 0) return outcome;
      next = parts;
    } else {
      position = 0;
    }
  }
  for (size_t at = 0; at < r->length; at += SEGMENT) {
    size_t left = r->length - at;
    *next++ = (struct iovec){r->at + at, left < SEGMENT ? left : SEGMENT};
    *next++ = (struct iovec){*tags++, TAG};
  }
  return read_all(r->file, parts, (int)(next - parts), position);
}

static bool derive_key(stream *s) {
  unsigned char derived[HASH];
  const unsigned char *header = s->message + s->header_at;
  if (header[0] != VERSION) return false;
  memcpy(s->prefix, header + PREFIX_AT, PREFIX);
  hmac(&s->data_key, s->message, s->message_length, derived);
  s->has_key = EVP_CipherInit_ex2(s->gcm, NULL, derived, NULL, false, NULL);
  OPENSSL_cleanse(derived, sizeof derived);
  OPENSSL_cleanse(&s->data_key, sizeof s->data_key);
  return s->has_key;
}

static bool open_segment(stream *s, uint32_t index, bytes segment, unsigned char *tag) {
  int written;
  unsigned char nonce[NONCE];
  memcpy(nonce, s->prefix, PREFIX);
  for (int at = 0; at < 4; at++) nonce[PREFIX + at] = (unsigned char)(index >> (24 - 8 * at));
  nonce[NONCE - 1] = index == s->last;
  return EVP_CipherInit_ex2(s->gcm, NULL, NULL, nonce, false, NULL) && update(s->gcm, segment.at, &segment) &&
         EVP_CIPHER_CTX_ctrl(s->gcm, EVP_CTRL_AEAD_SET_TAG, TAG, tag) > 0 &&
         EVP_CipherFinal_ex(s->gcm, tag, &written) > 0;
}

static bool open_run(const run *r, unsigned char (*tags)[TAG]) {
  if (!r->of->has_key && !derive_key(r->of)) return false;
  for (size_t at = 0, index = r->first; at < r->length; at += SEGMENT, index++) {
    size_t left = r->length - at;
    if (!open_segment(r->of, (uint32_t)index, (bytes){r->at + at, left < SEGMENT ? left : SEGMENT}, *tags++)) return false;
  }
  return true;
}

/* On a thread of libuv's: nothing of JavaScript is touched. */
static void do_run(napi_env env, void *data) {
  (void)env;
  run *r = data;
  unsigned char tags[MOST_RUN][TAG];
  r->outcome = read_run(r, tags);
  if (r->outcome == 0 && !open_run(r, tags)) r->outcome = BROKEN;
  if (r->outcome != 0) refuse(r->at, r->length);
}

static void end_run(napi_env env, napi_status status, void *data) {
  run *r = data;
  napi_value outcome;
  if (status != napi_ok) r->outcome = ECANCELED;
  r->of->is_busy = false;
  if (r->of->is_collected) drop_stream(r->of);
  if (napi_create_int32(env, r->outcome, &outcome) == napi_ok) napi_resolve_deferred(env, r->promise, outcome);
  napi_delete_reference(env, r->memory);
  napi_delete_async_work(env, r->work);
  free(r);
}

/*
 * readRun(stream, file, first, target): fills the target with the plaintext from that segment on. Promises 0, or why not, and then
 * the target is wiped. One run of a stream at a time; until it is there the target is nobody else's.
 */
static napi_value start_run(napi_env env, napi_callback_info info) {
  napi_value a[4], name, promise;
  bytes target;
  int32_t file;
  uint32_t first;
  if (!arguments(env, info, a, 4, NULL)) return NULL;
  stream *s = read_handle(env, a[0], A_STREAM);
  if (s == NULL || !read_bytes(env, a[3], &target)) return NULL;
  if (napi_get_value_int32(env, a[1], &file) != napi_ok || napi_get_value_uint32(env, a[2], &first) != napi_ok || file < 0)
    return fail(env, "a file and a segment were expected");
  uint64_t from = (uint64_t)first * SEGMENT;
  if (first > s->last || target.length == 0 || target.length > MOST_RUN * SEGMENT || target.length > s->bytes - from ||
      (target.length % SEGMENT != 0 && target.length != s->bytes - from))
    return fail(env, "a run is whole segments of its stream");
  if (s->is_busy) return fail(env, "one run of a stream at a time");
  run *r = calloc(1, sizeof *r);
  if (r == NULL) return fail(env, "out of memory");
  *r = (run){.of = s, .file = file, .first = first, .at = target.at, .length = target.length};
  if (napi_create_string_latin1(env, "strongroom.readRun", NAPI_AUTO_LENGTH, &name) == napi_ok &&
      napi_create_async_work(env, NULL, name, do_run, end_run, r, &r->work) == napi_ok &&
      napi_create_reference(env, a[3], 1, &r->memory) == napi_ok &&
      napi_create_promise(env, &r->promise, &promise) == napi_ok && napi_queue_async_work(env, r->work) == napi_ok) {
    s->is_busy = true;
    return promise;
  }
  if (r->memory != NULL) napi_delete_reference(env, r->memory);
  if (r->work != NULL) napi_delete_async_work(env, r->work);
  free(r);
  return fail(env, "a run could not be started");
}

/* ---- reflected cyclic redundancy checks of up to 64 bits, by products without carry ---- */

#ifdef __x86_64__
enum { LANE = 16, LANES = 4 };

/* Times x to that power modulo the polynomial, all of it reflected: the highest bit is the coefficient of x^0. */
static uint64_t times_x(uint64_t value, uint64_t polynomial, int power) {
  for (; power > 0; power--) value = value >> 1 ^ (polynomial & -(value & 1));
  return value;
}

static uint64_t bit_by_bit(uint64_t crc, uint64_t polynomial, const unsigned char *at, size_t length) {
  for (; length > 0; at++, length--) {
    crc ^= *at;
    crc = times_x(crc, polynomial, 8);
  }
  return crc;
}

/* The product of two reflected halves is one power of x too high, which the constants make up for. */
static __m128i distance(uint64_t polynomial, int bits) {
  uint64_t second = times_x((uint64_t)1 << 63, polynomial, bits - 1), first = times_x(second, polynomial, 64);
  return _mm_set_epi64x((int64_t)second, (int64_t)first);
}

/* What 16 bytes amount to so many bits later, and what lies there. */
__attribute__((target("pclmul"))) static __m128i fold(__m128i lane, __m128i by, __m128i next) {
  __m128i both = _mm_xor_si128(_mm_clmulepi64_si128(lane, by, 0x00), _mm_clmulepi64_si128(lane, by, 0x11));
  return _mm_xor_si128(both, next);
}

static __m128i load(const unsigned char *at) {
  return _mm_loadu_si128((const __m128i *)at);
}

/* The register after at least four lanes of bytes. What is left at the end is small, and taken bit by bit. */
__attribute__((target("pclmul"))) static uint64_t fold_all(uint64_t crc, uint64_t polynomial, bytes of) {
  const __m128i far = distance(polynomial, LANES * LANE * 8), near = distance(polynomial, LANE * 8);
  __m128i lanes[LANES];
  unsigned char rest[LANE];
  for (int n = 0; n < LANES; n++) lanes[n] = load(of.at + n * LANE);
  lanes[0] = _mm_xor_si128(lanes[0], _mm_set_epi64x(0, (int64_t)crc));
  const unsigned char *at = of.at + LANES * LANE, *end = of.at + of.length;
  for (; end - at >= LANES * LANE; at += LANES * LANE)
    for (int n = 0; n < LANES; n++) lanes[n] = fold(lanes[n], far, load(at + n * LANE));
  for (int n = 1; n < LANES; n++) lanes[0] = fold(lanes[0], near, lanes[n]);
  for (; end - at >= LANE; at += LANE) lanes[0] = fold(lanes[0], near, load(at));
  _mm_storeu_si128((__m128i *)rest, lanes[0]);
  return bit_by_bit(bit_by_bit(0, polynomial, rest, LANE), polynomial, at, (size_t)(end - at));
}

/* crc(register, polynomial, bytes): the register after the bytes, neither inverted. */
static napi_value crc_of(napi_env env, napi_callback_info info) {
  napi_value a[3], answer = NULL;
  uint64_t value, polynomial;
  bool fits, too;
  bytes of;
  if (!arguments(env, info, a, 3, NULL) || !read_bytes(env, a[2], &of)) return NULL;
  if (napi_get_value_bigint_uint64(env, a[0], &value, &fits) != napi_ok || !fits ||
      napi_get_value_bigint_uint64(env, a[1], &polynomial, &too) != napi_ok || !too)
    return fail(env, "a register and a polynomial of 64 bits were expected");
  value = of.length < LANES * LANE ? bit_by_bit(value, polynomial, of.at, of.length) : fold_all(value, polynomial, of);
  napi_create_bigint_uint64(env, value, &answer);
  return answer;
}
static bool has_crc(void) {
  return __builtin_cpu_supports("pclmul") > 0;
}
#else
#define crc_of NULL
static bool has_crc(void) {
  return false;
}
#endif

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
  } functions[] = {{"key", new_key},           {"hmac", hmac_into},           {"hmacHex", hmac_hex},
                   {"sha256", sha256_into},    {"sha256Hex", sha256_hex},     {"seal", seal},
                   {"open", open_sealed},      {"random", fill_random},       {"sealMessage", seal_message},
                   {"openMessage", open_message}, {"stream", new_stream},     {"readRun", start_run},
                   /* The last, for not every processor has it. */
                   {"crc", crc_of}};
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
  size_t count = sizeof functions / sizeof *functions - (has_crc() ? 0 : 1);
  for (size_t at = 0; at < count; at++) {
    napi_value made;
    if (napi_create_function(env, functions[at].name, NAPI_AUTO_LENGTH, functions[at].call, self, &made) != napi_ok ||
        napi_set_named_property(env, exports, functions[at].name, made) != napi_ok)
      return fail(env, "the addon could not be set up");
  }
  return exports;
}
