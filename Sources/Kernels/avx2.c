#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define WIDTH 8
#define HAS_FMA
#define HAS_AVX2
#define TABLE metarl_float_avx2
#define TABLE_NAME "avx2"
#define TILE_ROWS 6
#define PANEL_VECTORS 2
#include "float.h"
#pragma clang attribute pop
#endif
