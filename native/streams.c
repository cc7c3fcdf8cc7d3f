/* Segmented streams, read from their file and opened where they were read, away from the event loop. docs/formats/segmented-stream.md */
#define _DEFAULT_SOURCE /* preadv */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "addon.h"

enum { SEGMENT = 64 * 1024, HEADER = 40, VERSION = 1, PREFIX_AT = 33, PREFIX = 7, MOST_RUN = 64, MOST_PATH = 4096 };
#define SEALED_SEGMENT ((off_t)SEGMENT + TAG)
/* Neither is the number of an error of the system. */
enum { BROKEN = -1, ENDED = -2 };

/* One stream that is being read. Its file is opened and its key derived, from the header in it, with the first run. */
typedef struct {
  enum kind kind;
  char *path;
  /* -1: not open. */
  int file;
  /* Wiped once the stream's own key is there. */
  key data_key;
  /* What the key is derived from, with room for the header. */
  unsigned char *message;
  size_t message_length, header_at;
  EVP_CIPHER_CTX *gcm;
  unsigned char prefix[PREFIX];
  uint64_t bytes;
  uint32_t last;
  bool has_key, is_busy, is_ended, is_collected;
} stream;

/* Some segments of it on their way from the file into the caller's memory. */
typedef struct {
  stream *of;
  uint32_t first;
  unsigned char *at;
  size_t length;
  int outcome;
  napi_async_work work;
  napi_deferred promise;
  napi_ref memory;
} run;

/* What was only read has nothing to lose. */
static void close_file(stream *s) {
  if (s->file >= 0) close(s->file);
  s->file = -1;
}

static void drop_stream(stream *s) {
  close_file(s);
  EVP_CIPHER_CTX_free(s->gcm);
  free(s->path);
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

static char *copy_path(napi_env env, napi_value value) {
  size_t length;
  char *path = NULL;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) == napi_ok && length > 0 && length < MOST_PATH)
    path = malloc(length + 1);
  /* With a zero in it, it would be another one to the system. */
  if (path != NULL && napi_get_value_string_utf8(env, value, path, length + 1, &length) == napi_ok && strlen(path) == length)
    return path;
  free(path);
  fail(env, "a path was expected");
  return NULL;
}

/*
 * stream(key, message, headerAt, bytes, path): the stream's key is HMAC(key, message) with the header at its place in the message.
 * Nothing is opened yet.
 */
napi_value new_stream(napi_env env, napi_callback_info info) {
  napi_value a[5], handle;
  instance *self;
  bytes message;
  int64_t plaintext;
  if (!arguments(env, info, a, 5, &self)) return NULL;
  const key *from = read_key(env, a[0]);
  if (from == NULL || !read_bytes(env, a[1], &message)) return NULL;
  const unsigned char *room = read_target(env, a[1], a[2], HEADER);
  if (room == NULL) return NULL;
  if (napi_get_value_int64(env, a[3], &plaintext) != napi_ok || plaintext < 1 || plaintext > (int64_t)SEGMENT << 32)
    return fail(env, "a stream has bytes");
  char *path = copy_path(env, a[4]);
  if (path == NULL) return NULL;
  stream *s = calloc(1, sizeof *s);
  if (s == NULL) {
    free(path);
    return fail(env, "out of memory");
  }
  *s = (stream){.kind = A_STREAM, .path = path, .file = -1, .data_key = *from, .bytes = (uint64_t)plaintext};
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

/* 0, BROKEN for a file that is longer or shorter than the stream, or the system's error. */
static int open_file(stream *s) {
  struct stat found;
  off_t sealed = HEADER + (off_t)s->bytes + ((off_t)s->last + 1) * TAG;
  if (s->file >= 0) return 0;
  do s->file = open(s->path, O_RDONLY | O_CLOEXEC);
  while (s->file < 0 && errno == EINTR);
  if (s->file < 0) return errno;
  int outcome = fstat(s->file, &found) != 0 ? errno : !S_ISREG(found.st_mode) || found.st_size != sealed ? BROKEN : 0;
  if (outcome != 0) close_file(s);
  return outcome;
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
      int outcome = read_all(s->file, parts, 1, 0);
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
  return read_all(s->file, parts, (int)(next - parts), position);
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
  unsigned char nonce[NONCE];
  memcpy(nonce, s->prefix, PREFIX);
  for (int at = 0; at < 4; at++) nonce[PREFIX + at] = (unsigned char)(index >> (24 - 8 * at));
  nonce[NONCE - 1] = index == s->last;
  return EVP_CipherInit_ex2(s->gcm, NULL, NULL, nonce, false, NULL) && finish_open(s->gcm, segment.at, &segment, tag);
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
  r->outcome = open_file(r->of);
  if (r->outcome == 0) r->outcome = read_run(r, tags);
  if (r->outcome == 0 && !open_run(r, tags)) r->outcome = BROKEN;
  if (r->outcome != 0) refuse(r->at, r->length);
}

static void end_run(napi_env env, napi_status status, void *data) {
  run *r = data;
  napi_value outcome;
  if (status != napi_ok) r->outcome = ECANCELED;
  r->of->is_busy = false;
  if (r->of->is_ended) close_file(r->of);
  if (r->of->is_collected) drop_stream(r->of);
  if (napi_create_int32(env, r->outcome, &outcome) == napi_ok) napi_resolve_deferred(env, r->promise, outcome);
  napi_delete_reference(env, r->memory);
  napi_delete_async_work(env, r->work);
  free(r);
}

/*
 * readRun(stream, first, target): fills the target with the plaintext from that segment on. Promises 0, or why not, and then
 * the target is wiped. One run of a stream at a time; until it is there the target is nobody else's.
 */
napi_value start_run(napi_env env, napi_callback_info info) {
  napi_value a[3], name, promise;
  bytes target;
  uint32_t first;
  if (!arguments(env, info, a, 3, NULL)) return NULL;
  stream *s = read_handle(env, a[0], A_STREAM);
  if (s == NULL || !read_bytes(env, a[2], &target)) return NULL;
  if (napi_get_value_uint32(env, a[1], &first) != napi_ok) return fail(env, "a segment was expected");
  uint64_t from = (uint64_t)first * SEGMENT;
  if (first > s->last || target.length == 0 || target.length > MOST_RUN * SEGMENT || target.length > s->bytes - from ||
      (target.length % SEGMENT != 0 && target.length != s->bytes - from))
    return fail(env, "a run is whole segments of its stream");
  if (s->is_busy || s->is_ended) return fail(env, "one run of a stream at a time, and none after its end");
  run *r = calloc(1, sizeof *r);
  if (r == NULL) return fail(env, "out of memory");
  *r = (run){.of = s, .first = first, .at = target.at, .length = target.length};
  if (napi_create_string_latin1(env, "strongroom.readRun", NAPI_AUTO_LENGTH, &name) == napi_ok &&
      napi_create_async_work(env, NULL, name, do_run, end_run, r, &r->work) == napi_ok &&
      napi_create_reference(env, a[2], 1, &r->memory) == napi_ok &&
      napi_create_promise(env, &r->promise, &promise) == napi_ok && napi_queue_async_work(env, r->work) == napi_ok) {
    s->is_busy = true;
    return promise;
  }
  if (r->memory != NULL) napi_delete_reference(env, r->memory);
  if (r->work != NULL) napi_delete_async_work(env, r->work);
  free(r);
  return fail(env, "a run could not be started");
}

/* endStream(stream): lets go of its file, at once or after the run that reads it. Nothing more is read of the stream. */
napi_value end_stream(napi_env env, napi_callback_info info) {
  napi_value argument;
  if (!arguments(env, info, &argument, 1, NULL)) return NULL;
  stream *s = read_handle(env, argument, A_STREAM);
  if (s == NULL) return NULL;
  s->is_ended = true;
  if (!s->is_busy) close_file(s);
  return NULL;
}
