// Vectors of WIDTH floats and the functions of one argument. Every lane is computed alike, so the value of
// an element never depends on its place in a vector, and loads of a part fill the rest with zeros.
#include "table.h"

// Where a product and a sum shall be rounded once, fma says so.
#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline, unused))

typedef float Floats __attribute__((ext_vector_type(WIDTH)));
typedef int32_t Integers __attribute__((ext_vector_type(WIDTH)));
typedef Floats LooseFloats __attribute__((aligned(4), may_alias));

INLINE Floats load(const float *address) { return *(const LooseFloats *)address; }
INLINE void store(float *address, Floats value) { *(LooseFloats *)address = value; }
INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
INLINE Floats splat(float value) { return (Floats)value; }
INLINE Integers bits(Floats value) { return __builtin_bit_cast(Integers, value); }
INLINE Floats fromBits(Integers value) { return __builtin_bit_cast(Floats, value); }

// Loads and stores of the first `count` lanes, 0 <= count <= WIDTH, that touch no other memory.
#if defined(HAS_AVX512)
INLINE Floats loadPart(const float *address, size_t count) {
  return _mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), address);
}
INLINE void storePart(float *address, Floats value, size_t count) {
  _mm512_mask_storeu_ps(address, (__mmask16)((1u << count) - 1), value);
}
#elif defined(HAS_AVX2)
static const int32_t firstLanes[2 * WIDTH] = {-1, -1, -1, -1, -1, -1, -1, -1};
INLINE __m256i laneMask(size_t count) {
  return _mm256_loadu_si256((const __m256i *)(firstLanes + WIDTH - count));
}
INLINE Floats loadPart(const float *address, size_t count) {
  return _mm256_maskload_ps(address, laneMask(count));
}
INLINE void storePart(float *address, Floats value, size_t count) {
  _mm256_maskstore_ps(address, laneMask(count), value);
}
#else
INLINE Floats loadPart(const float *address, size_t count) {
  Floats value = 0;
  for (size_t i = 0; i < count; i++) value[i] = address[i];
  return value;
}
INLINE void storePart(float *address, Floats value, size_t count) {
  for (size_t i = 0; i < count; i++) address[i] = value[i];
}
#endif

INLINE Floats fma(Floats a, Floats b, Floats c) {
#if defined(HAS_FMA)
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}

INLINE Floats minimum(Floats a, Floats b) { return a != a ? a : (a < b ? a : b); }
INLINE Floats maximum(Floats a, Floats b) { return a != a ? a : (a > b ? a : b); }
INLINE Floats absolute(Floats a) { return fromBits(bits(a) & 0x7fffffff); }
INLINE Floats copySign(Floats magnitude, Floats sign) {
  return fromBits((bits(magnitude) & 0x7fffffff) | (bits(sign) & INT32_MIN));
}

// x = n ln 2 + r with |r| <= ln 2 / 2; the result is e^r - 1. ln 2 is split so that n times its head is exact.
// Source: the polynomial is that of expf in the Cephes library of S. Moshier.
INLINE Floats reducedExponential(Floats x, Integers *n) {
  Floats shifter = splat(12582912); // 1.5 * 2^23: the sum's last bit counts ones
  Floats shifted = fma(x, splat(1.44269504088896341f), shifter);
  Floats whole = shifted - shifter;
  *n = bits(shifted) - bits(shifter);
  Floats r = fma(whole, splat(-0.693359375f), x);
  r = fma(whole, splat(2.12194440e-4f), r);
  Floats p = splat(1.9875691500e-4f);
  p = fma(p, r, splat(1.3981999507e-3f));
  p = fma(p, r, splat(8.3334519073e-3f));
  p = fma(p, r, splat(4.1665795894e-2f));
  p = fma(p, r, splat(1.6666665459e-1f));
  p = fma(p, r, splat(5.0000001201e-1f));
  return fma(r * r, p, r);
}

// value * 2^n, rounded once, for |n| up to 150; the halves keep each power a normal number.
INLINE Floats scaled(Floats value, Integers n) {
#if defined(HAS_AVX512)
  return _mm512_scalef_ps(value, __builtin_convertvector(n, Floats));
#else
  Integers half = n >> 1;
  return value * fromBits((half + 127) << 23) * fromBits((n - half + 127) << 23);
#endif
}

INLINE Floats exponential(Floats x) {
  // Beyond these ends lie 0 and infinity. The comparisons are false for NaN and so keep it.
  x = x < -104.0f ? splat(-104.0f) : x;
  x = x > 89.0f ? splat(89.0f) : x;
  Integers n;
  Floats fraction = reducedExponential(x, &n);
  return scaled(fraction + 1.0f, n);
}

// tanh |x| = (e^2|x| - 1) / (e^2|x| + 1), from the difference e^2|x| - 1 that keeps small x exact.
INLINE Floats hyperbolicTangent(Floats x) {
  Floats t = absolute(x);
  t = t > 10.0f ? splat(10.0f) : t;
  Integers n;
  Floats fraction = reducedExponential(t + t, &n);
  Floats power = fromBits((n + 127) << 23);
  Floats difference = fma(power, fraction, power - 1.0f);
  return copySign(difference / (difference + 2.0f), x);
}

INLINE Floats sigmoid(Floats x) {
  Floats e = exponential(-absolute(x));
  return (x < 0.0f ? e : splat(1)) / (e + 1.0f);
}

// x = 2^n m with m in [sqrt(1/2), sqrt(2)). Source: the polynomial is that of logf in the Cephes library.
INLINE Floats logarithm(Floats x) {
  Integers isSmall = x < 1.17549435e-38f;
  Floats normal = isSmall ? x * 8388608.0f : x;
  Integers n = (bits(normal) - 0x3f3504f3) >> 23;
  Floats f = fromBits(bits(normal) - (n << 23)) - 1.0f;
  n = isSmall ? n - 23 : n;
  Floats exponent = __builtin_convertvector(n, Floats);
  Floats square = f * f;
  Floats p = splat(7.0376836292e-2f);
  p = fma(p, f, splat(-1.1514610310e-1f));
  p = fma(p, f, splat(1.1676998740e-1f));
  p = fma(p, f, splat(-1.2420140846e-1f));
  p = fma(p, f, splat(1.4249322787e-1f));
  p = fma(p, f, splat(-1.6668057665e-1f));
  p = fma(p, f, splat(2.0000714765e-1f));
  p = fma(p, f, splat(-2.4999993993e-1f));
  p = fma(p, f, splat(3.3333331174e-1f));
  Floats tail = fma(exponent, splat(-2.12194440e-4f), p * f * square);
  tail = fma(square, splat(-0.5f), tail);
  Floats result = fma(exponent, splat(0.693359375f), f + tail);
  result = x == 0.0f ? splat(-__builtin_inff()) : result;
  result = x == __builtin_inff() ? x : result;
  return x >= 0.0f ? result : splat(__builtin_nanf("")); // also for NaN
}

INLINE Floats squareRoot(Floats x) { return __builtin_elementwise_sqrt(x); }
