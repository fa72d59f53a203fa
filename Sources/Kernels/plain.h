// The kernels as plain loops over doubles: the definition of what every function computes. Included once.

static void plainProduct(bool transposeA, bool transposeB, size_t m, size_t n, size_t k, const double *a,
                          size_t aStride, const double *b, size_t bStride, double *c, size_t cStride,
                          bool accumulate) {
  for (size_t i = 0; i < m; i++) {
    double *row = c + i * cStride;
    if (!accumulate)
      for (size_t j = 0; j < n; j++) row[j] = 0;
    for (size_t p = 0; p < k; p++) {
      double factor = transposeA ? a[p * aStride + i] : a[i * aStride + p];
      if (transposeB)
        for (size_t j = 0; j < n; j++) row[j] += factor * b[j * bStride + p];
      else
        for (size_t j = 0; j < n; j++) row[j] += factor * b[p * bStride + j];
    }
  }
}

// The plain packed form is op(B) itself, row-major without gaps.
static void plainPack(bool transposeB, size_t n, size_t k, const double *b, size_t bStride, double *packed) {
  for (size_t p = 0; p < k; p++)
    for (size_t j = 0; j < n; j++) packed[p * n + j] = transposeB ? b[j * bStride + p] : b[p * bStride + j];
}

static void plainSparseProduct(size_t m, size_t n, size_t terms, const double *entries, size_t entryStride,
                               const double *table, size_t tableStride, double *result, size_t resultStride) {
  for (size_t i = 0; i < m; i++) {
    const double *entry = entries + i * entryStride;
    for (size_t j = 0; j < n; j++) {
      double sum = 0;
      for (size_t t = 0; t < terms; t++) sum += entry[terms + t] * table[(size_t)entry[t] * tableStride + j];
      result[i * resultStride + j] = sum;
    }
  }
}

static void plainSparseTransposedProduct(size_t m, size_t k, size_t n, size_t terms, const double *entries,
                                         size_t entryStride, const double *values, size_t valueStride,
                                         double *result, size_t resultStride) {
  for (size_t row = 0; row < k; row++)
    for (size_t j = 0; j < n; j++) result[row * resultStride + j] = 0;
  for (size_t i = 0; i < m; i++) {
    const double *entry = entries + i * entryStride;
    for (size_t t = 0; t < terms; t++)
      for (size_t j = 0; j < n; j++)
        result[(size_t)entry[t] * resultStride + j] += entry[terms + t] * values[i * valueStride + j];
  }
}

static double plainValue(MetarlOperation operation, double a, double b, double c) {
  switch (operation) {
  case metarl_copy: return a;
  case metarl_negate: return -a;
  case metarl_exp: return exp(a);
  case metarl_log: return log(a);
  case metarl_tanh: return tanh(a);
  case metarl_sigmoid: return a >= 0 ? 1 / (1 + exp(-a)) : exp(a) / (1 + exp(a));
  case metarl_sqrt: return sqrt(a);
  case metarl_reciprocal: return 1 / a;
  case metarl_abs: return fabs(a);
  case metarl_square: return a * a;
  case metarl_add: return a + b;
  case metarl_subtract: return a - b;
  case metarl_multiply: return a * b;
  case metarl_divide: return a / b;
  case metarl_minimum: return a != a ? a : b != b ? b : a < b ? a : b;
  case metarl_maximum: return a != a ? a : b != b ? b : a > b ? a : b;
  case metarl_greater: return a > b ? 1 : 0;
  case metarl_select: return a != 0 ? b : c;
  case metarl_multiplyAdd: {
    double product = a * b;
    return product + c;
  }
  }
  return a;
}

static double *plainAddress(const MetarlSlot *slot, size_t row, size_t column) {
  return (double *)slot->data + row * slot->rowStride + column * slot->columnStride;
}

static void plainElementwise(const MetarlInstruction *instructions, size_t instructionCount,
                              const MetarlSlot *slots, size_t rows, size_t columns, double *scratch) {
  enum { tile = METARL_ELEMENTWISE_SCRATCH / METARL_MAXIMUM_SLOTS };
  for (size_t row = 0; row < rows; row++)
    for (size_t first = 0; first < columns; first += tile) {
      size_t count = columns - first < tile ? columns - first : tile;
      for (size_t i = 0; i < instructionCount; i++) {
        uint8_t names[4] = {instructions[i].result, instructions[i].a, instructions[i].b, instructions[i].c};
        double *base[4];
        size_t stride[4];
        int operandCount = instructions[i].operation < metarl_add      ? 1
                           : instructions[i].operation < metarl_select ? 2
                                                                       : 3;
        for (int o = 0; o < 4; o++) {
          int used = o <= operandCount ? o : 1;
          const MetarlSlot *slot = slots + names[used];
          base[o] = slot->data ? plainAddress(slot, row, first) : scratch + names[used] * tile;
          stride[o] = slot->data ? slot->columnStride : 1;
        }
        for (size_t j = 0; j < count; j++)
          base[0][j * stride[0]] =
              plainValue(instructions[i].operation, base[1][j * stride[1]], base[2][j * stride[2]],
                          base[3][j * stride[3]]);
      }
    }
}

static void plainSumRows(size_t rows, size_t columns, const double *a, size_t stride, double *result) {
  for (size_t j = 0; j < columns; j++) result[j] = 0;
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) result[j] += a[i * stride + j];
}

static void plainSumColumns(size_t rows, size_t columns, const double *a, size_t stride, double *result) {
  for (size_t i = 0; i < rows; i++) {
    double sum = 0;
    for (size_t j = 0; j < columns; j++) sum += a[i * stride + j];
    result[i] = sum;
  }
}

static void plainMaxColumns(size_t rows, size_t columns, const double *a, size_t stride, double *result) {
  for (size_t i = 0; i < rows; i++) {
    double largest = -(double)INFINITY;
    for (size_t j = 0; j < columns; j++) largest = plainValue(metarl_maximum, largest, a[i * stride + j], 0);
    result[i] = largest;
  }
}
