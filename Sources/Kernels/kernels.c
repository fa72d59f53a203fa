// The interface: double kernels as plain loops, float kernels for the instruction set of this machine.
#include "table.h"
#include <math.h>

// Contraction would let the compiler round a * b + c once here and twice there.
#pragma STDC FP_CONTRACT OFF
#include "plain.h"
#include "plain-attention.h"

// Set once, before main; never changed while a kernel may run.
static const MetarlFloatKernels *kernels = &metarl_float_baseline;

__attribute__((constructor)) static void chooseKernels(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    kernels = &metarl_float_avx512;
  else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    kernels = &metarl_float_avx2;
#endif
}

const char *metarl_instruction_set(void) { return kernels->name; }

size_t metarl_gemm_scratch(bool transposeB, size_t m, size_t n, size_t k) {
  return kernels->productScratch(transposeB, m, n, k);
}

void metarl_gemm_f32(bool transposeA, bool transposeB, size_t m, size_t n, size_t k, const float *a,
                     size_t aStride, const float *b, size_t bStride, float *c, size_t cStride, bool accumulate,
                     float *scratch) {
  kernels->product(transposeA, transposeB, m, n, k, a, aStride, b, bStride, c, cStride, accumulate, scratch);
}

void metarl_gemm_f64(bool transposeA, bool transposeB, size_t m, size_t n, size_t k, const double *a,
                     size_t aStride, const double *b, size_t bStride, double *c, size_t cStride,
                     bool accumulate, double *scratch) {
  (void)scratch;
  plainProduct(transposeA, transposeB, m, n, k, a, aStride, b, bStride, c, cStride, accumulate);
}

size_t metarl_packed_size(size_t n, size_t k) { return kernels->packedSize(n, k); }

void metarl_pack_f32(bool transposeB, size_t n, size_t k, const float *b, size_t bStride, float *packed) {
  kernels->pack(transposeB, n, k, b, bStride, packed);
}

void metarl_pack_f64(bool transposeB, size_t n, size_t k, const double *b, size_t bStride, double *packed) {
  plainPack(transposeB, n, k, b, bStride, packed);
}

void metarl_gemm_packed_f32(bool transposeA, size_t m, size_t n, size_t k, const float *a, size_t aStride,
                            const float *packed, float *c, size_t cStride, bool accumulate) {
  kernels->packedProduct(transposeA, m, n, k, a, aStride, packed, c, cStride, accumulate);
}

void metarl_gemm_packed_f64(bool transposeA, size_t m, size_t n, size_t k, const double *a, size_t aStride,
                            const double *packed, double *c, size_t cStride, bool accumulate) {
  plainProduct(transposeA, false, m, n, k, a, aStride, packed, n, c, cStride, accumulate);
}

void metarl_sparse_product_f32(size_t m, size_t n, size_t terms, const float *entries, size_t entryStride,
                               const float *table, size_t tableStride, float *result, size_t resultStride) {
  kernels->sparseProduct(m, n, terms, entries, entryStride, table, tableStride, result, resultStride);
}

void metarl_sparse_product_f64(size_t m, size_t n, size_t terms, const double *entries, size_t entryStride,
                               const double *table, size_t tableStride, double *result, size_t resultStride) {
  plainSparseProduct(m, n, terms, entries, entryStride, table, tableStride, result, resultStride);
}

void metarl_sparse_transposed_product_f32(size_t m, size_t k, size_t n, size_t terms, const float *entries,
                                          size_t entryStride, const float *values, size_t valueStride,
                                          float *result, size_t resultStride) {
  kernels->sparseTransposedProduct(m, k, n, terms, entries, entryStride, values, valueStride, result,
                                   resultStride);
}

void metarl_sparse_transposed_product_f64(size_t m, size_t k, size_t n, size_t terms, const double *entries,
                                          size_t entryStride, const double *values, size_t valueStride,
                                          double *result, size_t resultStride) {
  plainSparseTransposedProduct(m, k, n, terms, entries, entryStride, values, valueStride, result, resultStride);
}

#define IS_WITHIN(m, k, terms, entries, entryStride)                                                             \
  size_t outside = 0;                                                                                            \
  for (size_t i = 0; i < m; i++)                                                                                 \
    for (size_t t = 0; t < terms; t++)                                                                           \
      outside += !(entries[i * entryStride + t] >= 0 && entries[i * entryStride + t] < k);                       \
  return outside == 0

bool metarl_sparse_is_within_f32(size_t m, size_t k, size_t terms, const float *entries, size_t entryStride) {
  IS_WITHIN(m, k, terms, entries, entryStride);
}
bool metarl_sparse_is_within_f64(size_t m, size_t k, size_t terms, const double *entries, size_t entryStride) {
  IS_WITHIN(m, k, terms, entries, entryStride);
}

void metarl_elementwise_f32(const MetarlInstruction *instructions, size_t instructionCount,
                            const MetarlSlot *slots, size_t slotCount, size_t rows, size_t columns,
                            float *scratch) {
  kernels->elementwise(instructions, instructionCount, slots, slotCount, rows, columns, scratch);
}

void metarl_elementwise_f64(const MetarlInstruction *instructions, size_t instructionCount,
                            const MetarlSlot *slots, size_t slotCount, size_t rows, size_t columns,
                            double *scratch) {
  (void)slotCount;
  plainElementwise(instructions, instructionCount, slots, rows, columns, scratch);
}

void metarl_sum_rows_f32(size_t rows, size_t columns, const float *a, size_t stride, float *result) {
  kernels->sumRows(rows, columns, a, stride, result);
}
void metarl_sum_columns_f32(size_t rows, size_t columns, const float *a, size_t stride, float *result) {
  kernels->sumColumns(rows, columns, a, stride, result);
}
void metarl_max_columns_f32(size_t rows, size_t columns, const float *a, size_t stride, float *result) {
  kernels->maxColumns(rows, columns, a, stride, result);
}
void metarl_sum_rows_f64(size_t rows, size_t columns, const double *a, size_t stride, double *result) {
  plainSumRows(rows, columns, a, stride, result);
}
void metarl_sum_columns_f64(size_t rows, size_t columns, const double *a, size_t stride, double *result) {
  plainSumColumns(rows, columns, a, stride, result);
}
void metarl_max_columns_f64(size_t rows, size_t columns, const double *a, size_t stride, double *result) {
  plainMaxColumns(rows, columns, a, stride, result);
}

size_t metarl_attention_scratch(size_t times, size_t headWidth) {
  return kernels->attentionScratch(times, headWidth);
}

void metarl_attention_f32(size_t times, size_t lanes, size_t heads, size_t headWidth, const float *slopes,
                          const float *qkv, size_t stride, float *result, size_t resultStride, float *scratch) {
  kernels->attention(times, lanes, heads, headWidth, slopes, qkv, stride, result, resultStride, scratch);
}
void metarl_attention_gradient_f32(size_t times, size_t lanes, size_t heads, size_t headWidth,
                                   const float *slopes, const float *qkv, size_t stride, const float *g,
                                   size_t gStride, float *result, size_t resultStride, float *scratch) {
  kernels->attentionGradient(times, lanes, heads, headWidth, slopes, qkv, stride, g, gStride, result,
                             resultStride, scratch);
}
void metarl_cached_attention_f32(size_t count, size_t lanes, size_t heads, size_t headWidth,
                                 const float *slopes, const float *qkv, size_t stride, const float *past,
                                 size_t pastStride, float *result, size_t resultStride, float *scratch) {
  kernels->cachedAttention(count, lanes, heads, headWidth, slopes, qkv, stride, past, pastStride, result,
                           resultStride, scratch);
}

void metarl_attention_f64(size_t times, size_t lanes, size_t heads, size_t headWidth, const float *slopes,
                          const double *qkv, size_t stride, double *result, size_t resultStride,
                          double *scratch) {
  plainAttention(times, lanes, heads, headWidth, slopes, qkv, stride, result, resultStride, scratch);
}
void metarl_attention_gradient_f64(size_t times, size_t lanes, size_t heads, size_t headWidth,
                                   const float *slopes, const double *qkv, size_t stride, const double *g,
                                   size_t gStride, double *result, size_t resultStride, double *scratch) {
  plainAttentionGradient(times, lanes, heads, headWidth, slopes, qkv, stride, g, gStride, result, resultStride,
                         scratch);
}
void metarl_cached_attention_f64(size_t count, size_t lanes, size_t heads, size_t headWidth,
                                 const float *slopes, const double *qkv, size_t stride, const double *past,
                                 size_t pastStride, double *result, size_t resultStride, double *scratch) {
  plainCachedAttention(count, lanes, heads, headWidth, slopes, qkv, stride, past, pastStride, result,
                       resultStride, scratch);
}

void metarl_philox_uniform_f32(uint64_t key, uint64_t high, uint64_t firstBlock, size_t count, float *result) {
  kernels->philoxUniform(key, high, firstBlock, count, result);
}

size_t metarl_peak_f32(size_t rounds, float *result) { return kernels->peak(rounds, result); }

void metarl_adam_f32(size_t count, float *parameters, const float *gradient, float *first, float *second,
                     const MetarlAdam *step) {
  kernels->adam(count, parameters, gradient, first, second, step);
}
