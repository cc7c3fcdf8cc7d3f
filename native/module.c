#include "addon.h"

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
                   {"endStream", end_stream},    {"write", start_write},
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
