// The numeric kernels: matrix products, fused elementwise programs and reductions, on one thread.
//
// Matrices are row-major with a row stride counted in elements. Every function exists for float (_f32) and
// double (_f64); the float ones are written for AVX-512 and AVX2 and chosen when the process starts, the
// double ones are plain C and serve as their check. Results depend on the shapes and the numbers alone,
// never on alignment or threads. Nothing here allocates; scratch memory comes from the caller.
#ifndef METARL_KERNELS_H
#define METARL_KERNELS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- Matrix products --------------------------------------------------------------------------------
// op(A) is [m, k], op(B) is [k, n], C is [m, n]; op transposes where the flag says so, and the stride is
// that of the matrix as stored. C = op(A) op(B), or C += op(A) op(B) where `accumulate`. Every element of the
// float result is one chain of multiply-adds over k in order, starting from 0 or from C (each rounded once
// where the machine can): neither the other sides of the shape nor packing change a bit of it.

// How many elements of scratch a product of this shape needs; may be 0.
size_t metarl_gemm_scratch(bool transposeB, size_t m, size_t n, size_t k);
void metarl_gemm_f32(bool transposeA, bool transposeB, size_t m, size_t n, size_t k, const float *a,
                     size_t aStride, const float *b, size_t bStride, float *c, size_t cStride, bool accumulate,
                     float *scratch);
void metarl_gemm_f64(bool transposeA, bool transposeB, size_t m, size_t n, size_t k, const double *a,
                     size_t aStride, const double *b, size_t bStride, double *c, size_t cStride,
                     bool accumulate, double *scratch);

// A right factor that serves many products is packed once, into metarl_packed_size elements; fastest where
// they start at a multiple of 64 bytes. The packed form belongs to the process and is not for files.
size_t metarl_packed_size(size_t n, size_t k);
void metarl_pack_f32(bool transposeB, size_t n, size_t k, const float *b, size_t bStride, float *packed);
void metarl_pack_f64(bool transposeB, size_t n, size_t k, const double *b, size_t bStride, double *packed);
void metarl_gemm_packed_f32(bool transposeA, size_t m, size_t n, size_t k, const float *a, size_t aStride,
                            const float *packed, float *c, size_t cStride, bool accumulate);
void metarl_gemm_packed_f64(bool transposeA, size_t m, size_t n, size_t k, const double *a, size_t aStride,
                            const double *packed, double *c, size_t cStride, bool accumulate);

// ---- Products with a sparse matrix ----------------------------------------------------------------------
// A sparse matrix S, [m, k], is given by `entries`, [m, 2 terms]: in each row the numbers of `terms` columns,
// whole and below k, and then the values there; a column may be named twice, which adds. The product S T with
// `table`, [k, n], is [m, n]; the transposed product S' V with `values`, [m, n], is [k, n]. Sums run over terms,
// and over rows, in order.
void metarl_sparse_product_f32(size_t m, size_t n, size_t terms, const float *entries, size_t entryStride,
                               const float *table, size_t tableStride, float *result, size_t resultStride);
void metarl_sparse_product_f64(size_t m, size_t n, size_t terms, const double *entries, size_t entryStride,
                               const double *table, size_t tableStride, double *result, size_t resultStride);
void metarl_sparse_transposed_product_f32(size_t m, size_t k, size_t n, size_t terms, const float *entries,
                                          size_t entryStride, const float *values, size_t valueStride,
                                          float *result, size_t resultStride);
void metarl_sparse_transposed_product_f64(size_t m, size_t k, size_t n, size_t terms, const double *entries,
                                          size_t entryStride, const double *values, size_t valueStride,
                                          double *result, size_t resultStride);
// Whether all column numbers are from 0 and below k; the products trust that they are.
bool metarl_sparse_is_within_f32(size_t m, size_t k, size_t terms, const float *entries, size_t entryStride);
bool metarl_sparse_is_within_f64(size_t m, size_t k, size_t terms, const double *entries, size_t entryStride);

// ---- Fused elementwise programs ---------------------------------------------------------------------
// A program is a list of operations on slots, run over cache-sized tiles of a [rows, columns] domain. A
// slot is a matrix in memory (an input or an output, any row stride, broadcast along an axis whose stride
// is 0) or a temporary that lives in a tile of scratch memory.

typedef enum : uint8_t {
  metarl_copy, metarl_negate, metarl_exp, metarl_log, metarl_tanh, metarl_sigmoid, metarl_sqrt,
  metarl_reciprocal, metarl_abs, metarl_square,
  metarl_add, metarl_subtract, metarl_multiply, metarl_divide, metarl_minimum, metarl_maximum,
  metarl_greater,     // 1 where a > b, else 0
  metarl_select,      // b where a != 0, else c
  metarl_multiplyAdd, // a * b + c, rounded twice
} MetarlOperation;
// minimum and maximum return NaN where either operand is NaN.

typedef struct {
  MetarlOperation operation;
  uint8_t result, a, b, c; // slots; the operands an operation does not have are ignored
} MetarlInstruction;

typedef struct {
  void *data;          // NULL: a temporary
  size_t rowStride;    // 0: every row is the same
  size_t columnStride; // 1, or 0: every column is the same
} MetarlSlot;

enum { METARL_MAXIMUM_SLOTS = 64, METARL_ELEMENTWISE_SCRATCH = 64 * 1024 };

// An output slot is written once and may be read by later instructions. An output may share its memory
// with an input of the same strides (in place) that no later instruction reads. `scratch` holds
// METARL_ELEMENTWISE_SCRATCH elements. The value of an element does not depend on its place in the domain.
// The float functions: exp, log within 1.1 ulp, tanh, sigmoid within 2.5 ulp.
void metarl_elementwise_f32(const MetarlInstruction *instructions, size_t instructionCount,
                            const MetarlSlot *slots, size_t slotCount, size_t rows, size_t columns,
                            float *scratch);
void metarl_elementwise_f64(const MetarlInstruction *instructions, size_t instructionCount,
                            const MetarlSlot *slots, size_t slotCount, size_t rows, size_t columns,
                            double *scratch);

// ---- Reductions, in a fixed order -------------------------------------------------------------------
// The order is a function of the shape. A maximum is NaN where a number is; over no numbers it is -infinity.
void metarl_sum_rows_f32(size_t rows, size_t columns, const float *a, size_t stride, float *result);     // [columns]
void metarl_sum_columns_f32(size_t rows, size_t columns, const float *a, size_t stride, float *result);  // [rows]
void metarl_max_columns_f32(size_t rows, size_t columns, const float *a, size_t stride, float *result);  // [rows]
void metarl_sum_rows_f64(size_t rows, size_t columns, const double *a, size_t stride, double *result);
void metarl_sum_columns_f64(size_t rows, size_t columns, const double *a, size_t stride, double *result);
void metarl_max_columns_f64(size_t rows, size_t columns, const double *a, size_t stride, double *result);

// ---- Causal attention ---------------------------------------------------------------------------------
// Row t lanes + b of `qkv`, [times lanes, 3 width], holds query, key and value of lane b at time t, of `heads` heads of
// `headWidth` numbers each; width is their product. Of each head with slope m, and d = headWidth,
//     p_ts = softmax over s <= t of (q_t . k_s / sqrt(d) - m (t - s)),    result_t = sum over s of p_ts v_s,
// [times lanes, width]. The gradient, [times lanes, 3 width], is that of a function of the result whose gradient is `g`.
// Nothing depends on later times. Scratch memory is of metarl_attention_scratch elements.
size_t metarl_attention_scratch(size_t times, size_t headWidth);
void metarl_attention_f32(size_t times, size_t lanes, size_t heads, size_t headWidth, const float *slopes,
                          const float *qkv, size_t stride, float *result, size_t resultStride, float *scratch);
void metarl_attention_f64(size_t times, size_t lanes, size_t heads, size_t headWidth, const float *slopes,
                          const double *qkv, size_t stride, double *result, size_t resultStride,
                          double *scratch);
void metarl_attention_gradient_f32(size_t times, size_t lanes, size_t heads, size_t headWidth,
                                   const float *slopes, const float *qkv, size_t stride, const float *g,
                                   size_t gStride, float *result, size_t resultStride, float *scratch);
void metarl_attention_gradient_f64(size_t times, size_t lanes, size_t heads, size_t headWidth,
                                   const float *slopes, const double *qkv, size_t stride, const double *g,
                                   size_t gStride, double *result, size_t resultStride, double *scratch);
// The same of the newest time alone, [lanes, width]: `qkv` is [lanes, 3 width], and keys and values of the `count` times
// before are the rows of `past`, [count lanes, 2 width].
void metarl_cached_attention_f32(size_t count, size_t lanes, size_t heads, size_t headWidth,
                                 const float *slopes, const float *qkv, size_t stride, const float *past,
                                 size_t pastStride, float *result, size_t resultStride, float *scratch);
void metarl_cached_attention_f64(size_t count, size_t lanes, size_t heads, size_t headWidth,
                                 const float *slopes, const double *qkv, size_t stride, const double *past,
                                 size_t pastStride, double *result, size_t resultStride, double *scratch);

// ---- Random numbers -----------------------------------------------------------------------------------
// `count` numbers in [0, 1) with 24 random bits, four from each block of Philox4x32-10 from `firstBlock` on;
// the counter of a block is its number (64 bits, low word first), then `high` (low word first).
void metarl_philox_uniform_f32(uint64_t key, uint64_t high, uint64_t firstBlock, size_t count, float *result);

// ---- Optimizers -----------------------------------------------------------------------------------------
// With g = scale * gradient: first = decay1 first + (1 - decay1) g, second = decay2 second + (1 - decay2) g g,
// parameters -= rate first / (sqrt(correction second) + epsilon).
typedef struct {
  float scale, decay1, decay2, rate, correction, epsilon;
} MetarlAdam;
void metarl_adam_f32(size_t count, float *parameters, const float *gradient, float *first, float *second,
                     const MetarlAdam *step);

// ---- The yardstick --------------------------------------------------------------------------------------
// Does nothing but multiply-adds in registers and returns how many operations they were, two each.
size_t metarl_peak_f32(size_t rounds, float *result);

// Which instruction set the float kernels use: "avx512", "avx2" or "baseline".
const char *metarl_instruction_set(void);

#endif
