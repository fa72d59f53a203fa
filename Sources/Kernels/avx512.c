#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))),           \
                             apply_to = function)
#define WIDTH 16
#define HAS_FMA
#define HAS_AVX512
#define TABLE metarl_float_avx512
#define TABLE_NAME "avx512"
#define TILE_ROWS 8
#define PANEL_VECTORS 3
#include "float.h"
#pragma clang attribute pop
#endif
