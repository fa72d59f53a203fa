// The float kernels of one instruction set. Each of avx512.c, avx2.c and baseline.c compiles float.h once.
#ifndef METARL_KERNELS_TABLE_H
#define METARL_KERNELS_TABLE_H
#include "kernels.h"

typedef struct {
  const char *name;
  size_t (*productScratch)(bool transposeB, size_t m, size_t n, size_t k);
  void (*product)(bool transposeA, bool transposeB, size_t m, size_t n, size_t k, const float *a,
                  size_t aStride, const float *b, size_t bStride, float *c, size_t cStride, bool accumulate,
                  float *scratch);
  size_t (*packedSize)(size_t n, size_t k);
  void (*pack)(bool transposeB, size_t n, size_t k, const float *b, size_t bStride, float *packed);
  void (*packedProduct)(bool transposeA, size_t m, size_t n, size_t k, const float *a, size_t aStride,
                        const float *packed, float *c, size_t cStride, bool accumulate);
  void (*sparseProduct)(size_t m, size_t n, size_t terms, const float *entries, size_t entryStride,
                        const float *table, size_t tableStride, float *result, size_t resultStride);
  void (*sparseTransposedProduct)(size_t m, size_t k, size_t n, size_t terms, const float *entries,
                                  size_t entryStride, const float *values, size_t valueStride, float *result,
                                  size_t resultStride);
  void (*elementwise)(const MetarlInstruction *instructions, size_t instructionCount, const MetarlSlot *slots,
                      size_t slotCount, size_t rows, size_t columns, float *scratch);
  void (*sumRows)(size_t rows, size_t columns, const float *a, size_t stride, float *result);
  void (*sumColumns)(size_t rows, size_t columns, const float *a, size_t stride, float *result);
  void (*maxColumns)(size_t rows, size_t columns, const float *a, size_t stride, float *result);
  size_t (*attentionScratch)(size_t times, size_t headWidth);
  void (*attention)(size_t times, size_t lanes, size_t heads, size_t headWidth, const float *slopes,
                    const float *qkv, size_t stride, float *result, size_t resultStride, float *scratch);
  void (*attentionGradient)(size_t times, size_t lanes, size_t heads, size_t headWidth, const float *slopes,
                            const float *qkv, size_t stride, const float *g, size_t gStride, float *result,
                            size_t resultStride, float *scratch);
  void (*cachedAttention)(size_t count, size_t lanes, size_t heads, size_t headWidth, const float *slopes,
                          const float *qkv, size_t stride, const float *past, size_t pastStride, float *result,
                          size_t resultStride, float *scratch);
  void (*philoxUniform)(uint64_t key, uint64_t high, uint64_t firstBlock, size_t count, float *result);
  size_t (*peak)(size_t rounds, float *result);
  void (*adam)(size_t count, float *parameters, const float *gradient, float *first, float *second,
               const MetarlAdam *step);
} MetarlFloatKernels;

extern const MetarlFloatKernels metarl_float_baseline;
#if defined(__x86_64__)
extern const MetarlFloatKernels metarl_float_avx2, metarl_float_avx512;
#endif

#endif
