/* Reflected cyclic redundancy checks of up to 64 bits, by products without carry. */
#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "addon.h"

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
napi_value crc_of(napi_env env, napi_callback_info info) {
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

bool has_crc(void) {
  return __builtin_cpu_supports("pclmul") > 0;
}
#else
napi_value crc_of(napi_env env, napi_callback_info info) {
  (void)info;
  return fail(env, "this processor has no product without carry");
}

bool has_crc(void) {
  return false;
}
#endif
