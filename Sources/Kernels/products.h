// Matrix products. Every element of the result is one chain of fused multiply-adds over k in order, starting
// from zero or from what is there; tiles, blocks, edges and packing never change a bit of it.
//
// The right factor is packed into panels of one to PANEL_VECTORS vectors of columns, each panel a dense
// [k, vectors * WIDTH], the last padded with zeros. The left factor is read in place, one broadcast number at
// a time.

enum {
  panelVectors = PANEL_VECTORS,
  blockDepth = 192,          // rows of a packed block: a panel and its rows of A stay in the L1 cache
  blockColumns = 48 * WIDTH, // columns of a packed block: the block stays in the L2 cache
  blockRows = 128,           // rows of A that stay in the L2 cache while all panels pass
  fewRows = 8,               // up to so many rows the right factor is read in place,
  directRows = 64,           // up to so many if it is also no deeper than
  directDepth = 512,         // this,
  stripDepth = 128,          // and in strips of so many of its rows
  fewColumns = 8,            // up to so many columns A^T takes the place of the right factor
  lineLength = 16,           // numbers in a cache line
};

typedef void Tile(size_t k, const float *a, size_t aStride, const float *b, size_t bStride, float *c,
                  size_t cStride, bool accumulate, size_t lastLanes);

// c[rows, vectors * WIDTH] (+)= A[rows, k] B[k, vectors * WIDTH]; the last vector has `lastLanes` columns.
INLINE void tile(const int rows, const int vectors, const bool isTransposed, const bool isPacked, size_t k,
                 const float *a, size_t aStride, const float *b, size_t bStride, float *c, size_t cStride,
                 bool accumulate, size_t lastLanes) {
  Floats sum[TILE_ROWS][panelVectors];
  const float *row[TILE_ROWS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    row[i] = a + (size_t)i * aStride;
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) sum[i][j] = splat(0);
    if (accumulate) {
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors - 1; j++) sum[i][j] = load(c + (size_t)i * cStride + j * WIDTH);
      sum[i][vectors - 1] = loadPart(c + (size_t)i * cStride + (vectors - 1) * WIDTH, lastLanes);
    }
  }
  for (size_t p = 0; p < k; p++) {
    Floats right[panelVectors];
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++)
      right[j] = isPacked || j < vectors - 1 ? load(b + j * WIDTH) : loadPart(b + j * WIDTH, lastLanes);
    b += isPacked ? (size_t)(vectors * WIDTH) : bStride;
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      Floats left = splat(isTransposed ? a[i] : row[i][p]);
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) sum[i][j] = fma(left, right[j], sum[i][j]);
    }
    a += aStride;
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    float *target = c + (size_t)i * cStride;
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors - 1; j++) store(target + j * WIDTH, sum[i][j]);
    if (lastLanes == WIDTH)
      store(target + (vectors - 1) * WIDTH, sum[i][vectors - 1]);
    else
      storePart(target + (vectors - 1) * WIDTH, sum[i][vectors - 1], lastLanes);
  }
}

#define TILE(R, V, T, P)                                                                                        \
  static void tile_##R##_##V##_##T##_##P(size_t k, const float *a, size_t aStride, const float *b,              \
                                         size_t bStride, float *c, size_t cStride, bool accumulate,             \
                                         size_t lastLanes) {                                                    \
    tile(R, V, T, P, k, a, aStride, b, bStride, c, cStride, accumulate, lastLanes);                             \
  }
#define TILES_OF_WIDTH(R, V) TILE(R, V, 0, 0) TILE(R, V, 0, 1) TILE(R, V, 1, 0) TILE(R, V, 1, 1)
#define NAMES_OF_WIDTH(R, V)                                                                                    \
  {{tile_##R##_##V##_0_0, tile_##R##_##V##_0_1}, {tile_##R##_##V##_1_0, tile_##R##_##V##_1_1}}
#if PANEL_VECTORS == 3
#define TILES_OF_ROWS(R) TILES_OF_WIDTH(R, 1) TILES_OF_WIDTH(R, 2) TILES_OF_WIDTH(R, 3)
#define NAMES_OF_ROWS(R) {NAMES_OF_WIDTH(R, 1), NAMES_OF_WIDTH(R, 2), NAMES_OF_WIDTH(R, 3)}
#else
#define TILES_OF_ROWS(R) TILES_OF_WIDTH(R, 1) TILES_OF_WIDTH(R, 2)
#define NAMES_OF_ROWS(R) {NAMES_OF_WIDTH(R, 1), NAMES_OF_WIDTH(R, 2)}
#endif

#if TILE_ROWS == 8
TILES_OF_ROWS(8)
#elif TILE_ROWS == 6
TILES_OF_ROWS(6)
#endif
TILES_OF_ROWS(4)
TILES_OF_ROWS(2)
TILES_OF_ROWS(1)

// The tiles of so many rows: [vectors - 1][isTransposed][isPacked].
typedef struct {
  size_t rows;
  Tile *tiles[panelVectors][2][2];
} TileHeight;

static const TileHeight tileHeights[] = {
#if TILE_ROWS == 8
    {8, NAMES_OF_ROWS(8)},
#elif TILE_ROWS == 6
    {6, NAMES_OF_ROWS(6)},
#endif
    {4, NAMES_OF_ROWS(4)},
    {2, NAMES_OF_ROWS(2)},
    {1, NAMES_OF_ROWS(1)},
};

static size_t vectorCount(size_t columns) { return (columns + WIDTH - 1) / WIDTH; }

// As wide as can be, except that four are two twos: a panel of one keeps too few sums in flight.
static size_t panelWidth(size_t vectorsLeft) {
  return vectorsLeft == 4 ? 2 : smaller(vectorsLeft, panelVectors);
}

// The rows of one panel.
static void panelProduct(bool transposeA, bool isPacked, size_t m, size_t vectors, size_t lastLanes, size_t k,
                         const float *a, size_t aStride, const float *b, size_t bStride, float *c,
                         size_t cStride, bool accumulate) {
  size_t aStep = transposeA ? 1 : aStride;
  size_t i = 0;
  for (const TileHeight *height = tileHeights; i < m; height++) {
    Tile *function = height->tiles[vectors - 1][transposeA][isPacked];
    for (; m - i >= height->rows; i += height->rows)
      function(k, a + i * aStep, aStride, b, bStride, c + i * cStride, cStride, accumulate, lastLanes);
  }
}

// All panels; the panel that starts at column j is at b + j * panelStride.
static void panelsProduct(bool transposeA, bool isPacked, size_t m, size_t n, size_t k, const float *a,
                          size_t aStride, const float *b, size_t bStride, size_t panelStride, float *c,
                          size_t cStride, bool accumulate) {
  size_t total = vectorCount(n), vectors;
  for (size_t vector = 0; vector < total; vector += vectors) {
    vectors = panelWidth(total - vector);
    size_t column = vector * WIDTH;
    size_t lastLanes = vector + vectors == total ? n - (total - 1) * WIDTH : WIDTH;
    panelProduct(transposeA, isPacked, m, vectors, lastLanes, k, a, aStride, b + column * panelStride, bStride,
                 c + column, cStride, accumulate);
  }
}

static size_t packedSize(size_t n, size_t k) { return vectorCount(n) * WIDTH * k; }

static void packedProduct(bool transposeA, size_t m, size_t n, size_t k, const float *a, size_t aStride,
                          const float *packed, float *c, size_t cStride, bool accumulate) {
  for (size_t i = 0; i < m; i += blockRows) {
    size_t rows = smaller(m - i, blockRows);
    panelsProduct(transposeA, true, rows, n, k, a + i * (transposeA ? 1 : aStride), aStride, packed, 0, k,
                  c + i * cStride, cStride, accumulate);
  }
}

// ---- Packing

INLINE Floats interleaveLow(Floats a, Floats b) {
#if WIDTH == 16
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
#elif WIDTH == 8
  return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
#else
  return __builtin_shufflevector(a, b, 0, 4, 1, 5);
#endif
}
INLINE Floats interleaveHigh(Floats a, Floats b) {
#if WIDTH == 16
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#elif WIDTH == 8
  return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#else
  return __builtin_shufflevector(a, b, 2, 6, 3, 7);
#endif
}

// target[p, lane] = source[lane, p] for `depth` <= WIDTH numbers p; rows beyond `lanes` count as zero.
// A transposition is log2 WIDTH perfect shuffles of the rows with each other.
static void packSquare(size_t lanes, size_t depth, const float *source, size_t sourceStride, float *target,
                       size_t targetStride) {
  Floats row[WIDTH], next[WIDTH];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < WIDTH; i++)
    row[i] = i < lanes ? loadPart(source + i * sourceStride, depth) : splat(0);
#pragma clang loop unroll(full)
  for (int step = 1; step < WIDTH; step *= 2) {
#pragma clang loop unroll(full)
    for (int i = 0; i < WIDTH / 2; i++) {
      next[2 * i] = interleaveLow(row[i], row[i + WIDTH / 2]);
      next[2 * i + 1] = interleaveHigh(row[i], row[i + WIDTH / 2]);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < WIDTH; i++) row[i] = next[i];
  }
  if (depth == WIDTH) {
#pragma clang loop unroll(full)
    for (size_t p = 0; p < WIDTH; p++) store(target + p * targetStride, row[p]);
  } else {
#pragma clang loop unroll(full)
    for (size_t p = 0; p < WIDTH; p++)
      if (p < depth) store(target + p * targetStride, row[p]);
  }
}

// A few rows at a time: memory is fastest in order, and panels, which lie a power of two apart, would push
// each other out of the cache if every row went to all of them.
static void packRows(size_t n, size_t k, const float *b, size_t bStride, float *packed) {
  enum { group = 8 };
  size_t total = vectorCount(n), vectors;
  for (size_t first = 0; first < k; first += group) {
    size_t rows = smaller(k - first, group);
    const float *source = b + first * bStride;
    for (size_t vector = 0; vector < total; vector += vectors) {
      vectors = panelWidth(total - vector);
      size_t column = vector * WIDTH, width = vectors * WIDTH;
      float *target = packed + column * k + first * width;
      size_t lastLanes = smaller(n - column - (width - WIDTH), WIDTH);
      for (size_t row = 0; row < rows; row++) {
        const float *from = source + row * bStride + column;
        for (size_t j = 0; j < width; j += lineLength) __builtin_prefetch(from + group * bStride + j);
        for (size_t j = 0; j < width - WIDTH; j += WIDTH) store(target + row * width + j, load(from + j));
        store(target + (row + 1) * width - WIDTH, loadPart(from + width - WIDTH, lastLanes));
      }
    }
  }
}

static void packColumns(size_t n, size_t k, const float *b, size_t bStride, float *packed) {
  size_t total = vectorCount(n), vectors;
  for (size_t vector = 0; vector < total; vector += vectors) {
    vectors = panelWidth(total - vector);
    float *panel = packed + vector * WIDTH * k;
    for (size_t p = 0; p < k; p += WIDTH)
      for (size_t j = 0; j < vectors; j++) {
        size_t column = (vector + j) * WIDTH;
        packSquare(smaller(n - column, WIDTH), smaller(k - p, WIDTH), b + column * bStride + p, bStride,
                   panel + (p * vectors + j) * WIDTH, vectors * WIDTH);
      }
  }
}

static void pack(bool transposeB, size_t n, size_t k, const float *b, size_t bStride, float *packed) {
  (transposeB ? packColumns : packRows)(n, k, b, bStride, packed);
}

// ---- Products with a right factor that is not packed

static bool isDirect(bool transposeB, size_t m, size_t k) {
  return !transposeB && (m <= fewRows || (m <= directRows && k <= directDepth));
}

static size_t productScratch(bool transposeB, size_t m, size_t n, size_t k) {
  if (isDirect(transposeB, m, k)) return 0;
  size_t depth = smaller(k, blockDepth);
  return packedSize(smaller(n, blockColumns), depth) + lineLength;
}

// Both factors in place, strip by strip of depth so that the rows of B stay in the caches.
static void directProduct(bool transposeA, size_t m, size_t n, size_t k, const float *a, size_t aStride,
                          const float *b, size_t bStride, float *c, size_t cStride, bool accumulate) {
  size_t p = 0;
  do {
    size_t depth = smaller(k - p, stripDepth);
    panelsProduct(transposeA, false, m, n, depth, a + p * (transposeA ? aStride : 1), aStride, b + p * bStride,
                  bStride, 1, c, cStride, accumulate || p > 0);
    p += depth;
  } while (p < k);
}

// C = A^T B where B is narrow: the vectors run over the columns of A, and their result is turned.
static void narrowProduct(size_t m, size_t n, size_t k, const float *a, size_t aStride, const float *b,
                          size_t bStride, float *c, size_t cStride, bool accumulate) {
  enum { width = panelVectors * WIDTH };
  float turned[fewColumns * width];
  for (size_t row = 0; row < m; row += width) {
    size_t rows = smaller(m - row, width);
    if (accumulate)
      for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++) turned[j * width + i] = c[(row + i) * cStride + j];
    directProduct(true, n, rows, k, b, bStride, a + row, aStride, turned, width, accumulate);
    for (size_t i = 0; i < rows; i++)
      for (size_t j = 0; j < n; j++) c[(row + i) * cStride + j] = turned[j * width + i];
  }
}

static void product(bool transposeA, bool transposeB, size_t m, size_t n, size_t k, const float *a,
                    size_t aStride, const float *b, size_t bStride, float *c, size_t cStride, bool accumulate,
                    float *scratch) {
  if (transposeA && !transposeB && n <= fewColumns && m > fewColumns) {
    narrowProduct(m, n, k, a, aStride, b, bStride, c, cStride, accumulate);
    return;
  }
  if (isDirect(transposeB, m, k)) {
    directProduct(transposeA, m, n, k, a, aStride, b, bStride, c, cStride, accumulate);
    return;
  }
  // Whole cache lines load faster; the numbers are the same wherever they lie.
  float *packed = (float *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63);
  size_t p = 0;
  do {
    size_t depth = smaller(k - p, blockDepth);
    for (size_t column = 0; column < n; column += blockColumns) {
      size_t columns = smaller(n - column, blockColumns);
      pack(transposeB, columns, depth, b + p * (transposeB ? 1 : bStride) + column * (transposeB ? bStride : 1),
           bStride, packed);
      packedProduct(transposeA, m, columns, depth, a + p * (transposeA ? aStride : 1), aStride, packed,
                    c + column, cStride, accumulate || p > 0);
    }
    p += depth;
  } while (p < k);
}
