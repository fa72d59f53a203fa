// Four lanes of whatever the compiler may assume, for machines without AVX2.
#define WIDTH 4
#define TABLE metarl_float_baseline
#define TABLE_NAME "baseline"
#define TILE_ROWS 4
#define PANEL_VECTORS 2
#include "float.h"
