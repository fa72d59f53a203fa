// Sums and maxima. The order is fixed by the shape, and the same for every instruction set: a row is summed
// in 64 interleaved parts, a column in 4, and the parts are joined pair by pair.

enum { logicalLanes = 16, vectorsPerSixteen = logicalLanes / WIDTH, parts = 4 };

#define JOINED(a, b) (isSum ? (a) + (b) : ((a) != (a) ? (a) : ((a) > (b) ? (a) : (b))))

// The vectors that hold sixteen numbers, and whose numbers beyond `count` are neutral.
typedef struct {
  Floats vector[vectorsPerSixteen];
} Sixteen;

INLINE Sixteen loadSixteen(const float *address, size_t count, const bool isSum) {
  Sixteen result;
#pragma clang loop unroll(full)
  for (int v = 0; v < vectorsPerSixteen; v++) {
    size_t first = (size_t)v * WIDTH;
    if (count >= first + WIDTH) {
      result.vector[v] = load(address + first);
    } else {
      size_t lanes = count > first ? count - first : 0;
      Floats value = loadPart(address + first, lanes);
      if (!isSum) {
        Integers lane;
#pragma clang loop unroll(full)
        for (int i = 0; i < WIDTH; i++) lane[i] = i;
        value = lane < (int)lanes ? value : splat(-__builtin_inff());
      }
      result.vector[v] = value;
    }
  }
  return result;
}

INLINE Sixteen joinedSixteen(Sixteen a, Sixteen b, const bool isSum) {
#pragma clang loop unroll(full)
  for (int v = 0; v < vectorsPerSixteen; v++) a.vector[v] = JOINED(a.vector[v], b.vector[v]);
  return a;
}

// Halves are joined until one number is left.
INLINE float joinedLanes(Sixteen a, const bool isSum) {
#if WIDTH == 16
  __auto_type eight = JOINED(a.vector[0].lo, a.vector[0].hi);
  __auto_type four = JOINED(eight.lo, eight.hi);
#elif WIDTH == 8
  Floats eight = JOINED(a.vector[0], a.vector[1]);
  __auto_type four = JOINED(eight.lo, eight.hi);
#else
  Floats low = JOINED(a.vector[0], a.vector[2]), high = JOINED(a.vector[1], a.vector[3]);
  Floats four = JOINED(low, high);
#endif
  __auto_type two = JOINED(four.lo, four.hi);
  return JOINED(two.x, two.y);
}

INLINE float reducedRow(size_t columns, const float *a, const bool isSum) {
  Sixteen part[parts];
#pragma clang loop unroll(full)
  for (int i = 0; i < parts; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectorsPerSixteen; v++) part[i].vector[v] = splat(isSum ? 0 : -__builtin_inff());
  if (columns <= logicalLanes) { // the other parts are neutral and change nothing
    part[0] = joinedSixteen(part[0], loadSixteen(a, columns, isSum), isSum);
    return joinedLanes(part[0], isSum);
  }
  size_t j = 0;
  for (; j + parts * logicalLanes <= columns; j += parts * logicalLanes)
#pragma clang loop unroll(full)
    for (int i = 0; i < parts; i++)
      part[i] = joinedSixteen(part[i], loadSixteen(a + j + i * logicalLanes, logicalLanes, isSum), isSum);
#pragma clang loop unroll(full)
  for (int i = 0; i < parts; i++, j += logicalLanes)
    if (j < columns) part[i] = joinedSixteen(part[i], loadSixteen(a + j, columns - j, isSum), isSum);
  return joinedLanes(joinedSixteen(joinedSixteen(part[0], part[1], isSum),
                                   joinedSixteen(part[2], part[3], isSum), isSum),
                     isSum);
}

static void sumColumns(size_t rows, size_t columns, const float *a, size_t stride, float *result) {
  for (size_t i = 0; i < rows; i++) result[i] = reducedRow(columns, a + i * stride, true);
}

static void maxColumns(size_t rows, size_t columns, const float *a, size_t stride, float *result) {
  for (size_t i = 0; i < rows; i++) result[i] = reducedRow(columns, a + i * stride, false);
}

// The sums of up to `vectors` vectors of columns, the last of `lastLanes`.
INLINE void sumPanel(const int vectors, size_t lastLanes, size_t rows, const float *a, size_t stride,
                     float *result) {
  Floats part[parts][4];
#pragma clang loop unroll(full)
  for (int i = 0; i < parts; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) part[i][j] = splat(0);
  size_t row = 0;
  for (; row + parts <= rows; row += parts, a += parts * stride)
#pragma clang loop unroll(full)
    for (int i = 0; i < parts; i++)
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) {
        const float *address = a + (size_t)i * stride + j * WIDTH;
        part[i][j] += j < vectors - 1 ? load(address) : loadPart(address, lastLanes);
      }
#pragma clang loop unroll(full)
  for (int i = 0; i < parts - 1; i++)
    if (row + (size_t)i < rows)
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) {
        const float *address = a + (size_t)i * stride + j * WIDTH;
        part[i][j] += j < vectors - 1 ? load(address) : loadPart(address, lastLanes);
      }
#pragma clang loop unroll(full)
  for (int j = 0; j < vectors; j++) {
    Floats sum = (part[0][j] + part[1][j]) + (part[2][j] + part[3][j]);
    storePart(result + j * WIDTH, sum, j < vectors - 1 ? WIDTH : lastLanes);
  }
}

static void sumRows(size_t rows, size_t columns, const float *a, size_t stride, float *result) {
  if (columns == 1 && stride == 1) { // one long vector
    *result = reducedRow(rows, a, true);
    return;
  }
  size_t j = 0;
  for (; j + 4 * WIDTH <= columns; j += 4 * WIDTH) sumPanel(4, WIDTH, rows, a + j, stride, result + j);
  for (; j < columns; j += WIDTH)
    sumPanel(1, columns - j < WIDTH ? columns - j : WIDTH, rows, a + j, stride, result + j);
}
