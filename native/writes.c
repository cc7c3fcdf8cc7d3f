/* Bytes on their way into a file, and to the disk, in one trip to a thread. */
#define _GNU_SOURCE /* sync_file_range */
#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "addon.h"

enum { MOST_PIECES = 1024 };
enum after { NOTHING_MORE, BEGIN, FLUSH };

typedef struct {
  int file;
  enum after after;
  size_t written;
  int failed;
  napi_async_work work;
  napi_deferred promise;
  /* Keeps the pieces where they are. */
  napi_ref memory;
  int count;
  struct iovec pieces[];
} writing;

static int write_all(writing *w) {
  struct iovec *next = w->pieces;
  for (int count = w->count; count > 0;) {
    ssize_t put = writev(w->file, next, count);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno;
    w->written += (size_t)put;
    for (; count > 0 && (size_t)put >= next->iov_len; next++, count--) put -= (ssize_t)next->iov_len;
    if (count == 0) break;
    next->iov_base = (unsigned char *)next->iov_base + put;
    next->iov_len -= (size_t)put;
  }
  return 0;
}

/* What comes of it is told by the flush that follows. */
static void begin_write_back(int file) {
#ifdef SYNC_FILE_RANGE_WRITE
  sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE);
#else
  (void)file;
#endif
}

static int flush_file(int file) {
  int outcome;
#ifdef __APPLE__
  do outcome = fsync(file);
#else
  do outcome = fdatasync(file);
#endif
  while (outcome < 0 && errno == EINTR);
  return outcome < 0 ? errno : 0;
}

/* On a thread of libuv's: nothing of JavaScript is touched. */
static void do_write(napi_env env, void *data) {
  (void)env;
  writing *w = data;
  w->failed = write_all(w);
  if (w->failed == 0 && w->after == BEGIN) begin_write_back(w->file);
  if (w->failed == 0 && w->after == FLUSH) w->failed = flush_file(w->file);
}

static void end_write(napi_env env, napi_status status, void *data) {
  writing *w = data;
  napi_value outcome, written, failed;
  if (status != napi_ok) w->failed = ECANCELED;
  if (napi_create_array_with_length(env, 2, &outcome) == napi_ok &&
      napi_create_int64(env, (int64_t)w->written, &written) == napi_ok &&
      napi_create_int32(env, w->failed, &failed) == napi_ok && napi_set_element(env, outcome, 0, written) == napi_ok &&
      napi_set_element(env, outcome, 1, failed) == napi_ok)
    napi_resolve_deferred(env, w->promise, outcome);
  napi_delete_reference(env, w->memory);
  napi_delete_async_work(env, w->work);
  free(w);
}

/* The pieces in a list of our own, which nobody takes them out of. */
static bool read_pieces(napi_env env, napi_value given, writing *w) {
  napi_value kept, piece;
  bytes found;
  if (napi_create_array_with_length(env, (size_t)w->count, &kept) != napi_ok) return fail(env, "out of memory") != NULL;
  for (int at = 0; at < w->count; at++) {
    if (napi_get_element(env, given, (uint32_t)at, &piece) != napi_ok || !read_bytes(env, piece, &found)) {
      bool isPending = false;
      if (napi_is_exception_pending(env, &isPending) == napi_ok && !isPending) fail(env, "bytes were expected");
      return false;
    }
    if (napi_set_element(env, kept, (uint32_t)at, piece) != napi_ok) return fail(env, "out of memory") != NULL;
    w->pieces[at] = (struct iovec){found.at, found.length};
  }
  return napi_create_reference(env, kept, 1, &w->memory) == napi_ok || fail(env, "out of memory") != NULL;
}

static napi_value drop_writing(napi_env env, writing *w) {
  if (w->memory != NULL) napi_delete_reference(env, w->memory);
  if (w->work != NULL) napi_delete_async_work(env, w->work);
  free(w);
  return NULL;
}

/*
 * write(file, pieces, after): appends the pieces to a file that is open, and then begins to bring it to the disk (1) or does so (2).
 * Promises how many bytes were written and 0 or the system's error: of the flush, where all were. The pieces may not be written
 * to or detached before, nor the file be closed.
 */
napi_value start_write(napi_env env, napi_callback_info info) {
  napi_value a[3], name, promise;
  uint32_t count;
  int32_t file, after;
  if (!arguments(env, info, a, 3, NULL)) return NULL;
  if (napi_get_value_int32(env, a[0], &file) != napi_ok || file < 0) return fail(env, "a file was expected");
  if (napi_get_array_length(env, a[1], &count) != napi_ok || count > MOST_PIECES) return fail(env, "pieces were expected");
  if (napi_get_value_int32(env, a[2], &after) != napi_ok || after < NOTHING_MORE || after > FLUSH)
    return fail(env, "it was not said what comes after");
  writing *w = calloc(1, sizeof *w + count * sizeof *w->pieces);
  if (w == NULL) return fail(env, "out of memory");
  w->file = file;
  w->after = (enum after)after;
  w->count = (int)count;
  if (!read_pieces(env, a[1], w)) return drop_writing(env, w);
  if (napi_create_string_latin1(env, "strongroom.write", NAPI_AUTO_LENGTH, &name) == napi_ok &&
      napi_create_async_work(env, NULL, name, do_write, end_write, w, &w->work) == napi_ok &&
      napi_create_promise(env, &w->promise, &promise) == napi_ok && napi_queue_async_work(env, w->work) == napi_ok)
    return promise;
  drop_writing(env, w);
  return fail(env, "a write could not be started");
}
