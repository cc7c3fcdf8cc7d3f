#include "addon.h"

/* OpenSSL counts in int, and no message of the house is longer than a record. */
#define MOST_MESSAGE ((size_t)1 << 30)

napi_value fail(napi_env env, const char *what) {
  napi_throw_error(env, NULL, what);
  return NULL;
}

bool arguments(napi_env env, napi_callback_info info, napi_value *into, size_t wanted, instance **self) {
  size_t count = wanted;
  if (napi_get_cb_info(env, info, &count, into, NULL, (void **)self) == napi_ok && count == wanted) return true;
  fail(env, "the addon was called with too few arguments");
  return false;
}

bool read_bytes(napi_env env, napi_value value, bytes *into) {
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

unsigned char *read_target(napi_env env, napi_value value, napi_value offset, size_t wanted) {
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

void *read_handle(napi_env env, napi_value value, enum kind kind) {
  void *found = NULL;
  if (napi_get_value_external(env, value, &found) == napi_ok && found != NULL && *(enum kind *)found == kind) return found;
  fail(env, kind == A_KEY ? "a key was expected" : "a stream was expected");
  return NULL;
}

key *read_key(napi_env env, napi_value value) {
  return read_handle(env, value, A_KEY);
}
