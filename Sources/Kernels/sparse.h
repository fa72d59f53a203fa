// Products with a sparse matrix. A row of `entries` holds `terms` column numbers and then the values there.

enum { sparseVectors = 4, sparseColumns = sparseVectors * WIDTH };

// One row of a panel of columns: the terms are added in order, starting from 0.
INLINE void sparseRow(size_t terms, const float *entry, const float *table, size_t tableStride, float *result,
                      const int vectors, size_t lastLanes) {
  Floats sum[sparseVectors];
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) sum[v] = splat(0);
  for (size_t k = 0; k < terms; k++) {
    if (entry[terms + k] == 0) continue;
    const float *row = table + (size_t)entry[k] * tableStride;
    Floats value = splat(entry[terms + k]);
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      sum[v] = fma(value, v < vectors - 1 ? load(row + v * WIDTH) : loadPart(row + v * WIDTH, lastLanes), sum[v]);
  }
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) storePart(result + v * WIDTH, sum[v], v < vectors - 1 ? WIDTH : lastLanes);
}

static void sparseProduct(size_t m, size_t n, size_t terms, const float *entries, size_t entryStride,
                          const float *table, size_t tableStride, float *result, size_t resultStride) {
  for (size_t i = 0; i < m; i++) {
    const float *entry = entries + i * entryStride;
    float *row = result + i * resultStride;
    size_t j = 0;
    for (; j + sparseColumns <= n; j += sparseColumns)
      sparseRow(terms, entry, table + j, tableStride, row + j, sparseVectors, WIDTH);
    for (; j < n; j += WIDTH) sparseRow(terms, entry, table + j, tableStride, row + j, 1, smaller(n - j, WIDTH));
  }
}

// Adds one row of a panel to the rows of the result that its entries name.
INLINE void addSparseRow(size_t terms, const float *entry, const float *values, float *result,
                         size_t resultStride, const int vectors, size_t lastLanes) {
  Floats added[sparseVectors];
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++)
    added[v] = v < vectors - 1 ? load(values + v * WIDTH) : loadPart(values + v * WIDTH, lastLanes);
  for (size_t k = 0; k < terms; k++) {
    if (entry[terms + k] == 0) continue;
    float *row = result + (size_t)entry[k] * resultStride;
    Floats value = splat(entry[terms + k]);
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      size_t lanes = v < vectors - 1 ? WIDTH : lastLanes;
      storePart(row + v * WIDTH, fma(value, added[v], loadPart(row + v * WIDTH, lanes)), lanes);
    }
  }
}

INLINE void transposedPanel(size_t m, size_t k, size_t terms, const float *entries, size_t entryStride,
                            const float *values, size_t valueStride, float *result, size_t resultStride,
                            const int vectors, size_t lastLanes) {
  for (size_t row = 0; row < k; row++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      storePart(result + row * resultStride + v * WIDTH, splat(0), v < vectors - 1 ? WIDTH : lastLanes);
  for (size_t i = 0; i < m; i++)
    addSparseRow(terms, entries + i * entryStride, values + i * valueStride, result, resultStride, vectors,
                 lastLanes);
}

// Panel by panel of columns, so that the rows which are added to stay in the cache.
static void sparseTransposedProduct(size_t m, size_t k, size_t n, size_t terms, const float *entries,
                                    size_t entryStride, const float *values, size_t valueStride, float *result,
                                    size_t resultStride) {
  size_t j = 0;
  for (; j + sparseColumns <= n; j += sparseColumns)
    transposedPanel(m, k, terms, entries, entryStride, values + j, valueStride, result + j, resultStride,
                    sparseVectors, WIDTH);
  for (; j < n; j += WIDTH)
    transposedPanel(m, k, terms, entries, entryStride, values + j, valueStride, result + j, resultStride, 1,
                    smaller(n - j, WIDTH));
}
