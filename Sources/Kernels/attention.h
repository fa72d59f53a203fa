// Causal attention, several heads at a time. Row t B + b of `qkv` holds query, key and value of lane b at time t,
// `width` numbers each, side by side. With the part of `headWidth` columns of head h, and slope m_h,
//
//     p_ts = softmax over s <= t of (q_t . k_s / sqrt(headWidth) - m_h (t - s)),    result_t = sum over s of p_ts v_s.
//
// Each query is computed alike whichever queries it is computed with, so that no number depends on later times.

enum { queryBlock = 4 };

INLINE size_t paddedTimes(size_t times) { return (times + WIDTH - 1) / WIDTH * WIDTH; }

// Packs `headWidth` columns of `times` rows into rows of `padded` numbers, the last ones zero.
static void packTimes(size_t times, size_t headWidth, const float *source, size_t timeStride, size_t padded,
                        float *target) {
  for (size_t j = 0; j < headWidth; j++) {
    for (size_t s = 0; s < times; s++) target[j * padded + s] = source[s * timeStride + j];
    for (size_t s = times; s < padded; s++) target[j * padded + s] = 0;
  }
}

// products[q][s] = sum over j of rows[q][j] packed[j][s], for the first `times` times, a multiple of WIDTH.
INLINE void blockProducts(const int queries, size_t times, size_t headWidth, const float *rows,
                          size_t rowStride, const float *packed, size_t padded, float *products) {
  for (size_t s = 0; s < times; s += WIDTH) {
    Floats sum[queryBlock];
#pragma clang loop unroll(full)
    for (int q = 0; q < queries; q++) sum[q] = splat(0);
    for (size_t j = 0; j < headWidth; j++) {
      Floats column = load(packed + j * padded + s);
#pragma clang loop unroll(full)
      for (int q = 0; q < queries; q++) sum[q] = fma(splat(rows[(size_t)q * rowStride + j]), column, sum[q]);
    }
#pragma clang loop unroll(full)
    for (int q = 0; q < queries; q++) store(products + (size_t)q * padded + s, sum[q]);
  }
}

INLINE float sumOfLanes(Floats a) {
  float sum = 0;
#pragma clang loop unroll(full)
  for (int i = 0; i < WIDTH; i++) sum += a[i];
  return sum;
}

// Makes the scores of time t probabilities, those after t zero.
INLINE void softmaxRow(size_t t, float scale, float slope, float *row) {
  Integers lane;
#pragma clang loop unroll(full)
  for (int i = 0; i < WIDTH; i++) lane[i] = i;
  Floats most = splat(-__builtin_inff());
  for (size_t s = 0; s <= t; s += WIDTH) {
    Integers time = lane + (int)s;
    Floats distance = __builtin_convertvector((int)t - time, Floats);
    Floats score = load(row + s) * scale - distance * slope;
    score = time > (int)t ? splat(-__builtin_inff()) : score;
    store(row + s, score);
    most = maximum(most, score);
  }
  float greatest = most[0];
#pragma clang loop unroll(full)
  for (int i = 1; i < WIDTH; i++) greatest = greatest > most[i] ? greatest : most[i];
  Floats sum = splat(0);
  for (size_t s = 0; s <= t; s += WIDTH) {
    Integers time = lane + (int)s;
    Floats power = exponential(load(row + s) - greatest);
    power = time > (int)t ? splat(0) : power;
    store(row + s, power);
    sum += power;
  }
  Floats inverse = splat(1 / sumOfLanes(sum));
  for (size_t s = 0; s <= t; s += WIDTH) store(row + s, load(row + s) * inverse);
}

// result[q][j] = sum over the first times[q] times s of weights[q][s] rows[s][j].
INLINE void weightedSums(const int queries, size_t times, size_t headWidth, const float *weights,
                         size_t padded, const float *rows, size_t timeStride, float *result,
                         size_t resultStride) {
  for (size_t j = 0; j < headWidth; j += WIDTH) {
    size_t lanes = smaller(headWidth - j, WIDTH);
    Floats sum[queryBlock];
#pragma clang loop unroll(full)
    for (int q = 0; q < queries; q++) sum[q] = splat(0);
    for (size_t s = 0; s < times; s++) {
      const float *address = rows + s * timeStride + j;
      Floats value = lanes == WIDTH ? load(address) : loadPart(address, lanes);
#pragma clang loop unroll(full)
      for (int q = 0; q < queries; q++) sum[q] = fma(splat(weights[(size_t)q * padded + s]), value, sum[q]);
    }
#pragma clang loop unroll(full)
    for (int q = 0; q < queries; q++) storePart(result + (size_t)q * resultStride + j, sum[q], lanes);
  }
}

// rows[s][j] += sum over q of weights[q][s] factors[q][j], for the first `times` times.
INLINE void addOuterProducts(const int queries, size_t times, size_t headWidth, const float *weights,
                             size_t padded, const float *factors, size_t factorStride, float *rows,
                             size_t timeStride) {
  for (size_t j = 0; j < headWidth; j += WIDTH) {
    size_t lanes = smaller(headWidth - j, WIDTH);
    Floats factor[queryBlock];
#pragma clang loop unroll(full)
    for (int q = 0; q < queries; q++) factor[q] = loadPart(factors + (size_t)q * factorStride + j, lanes);
    for (size_t s = 0; s < times; s++) {
      float *address = rows + s * timeStride + j;
      Floats sum = lanes == WIDTH ? load(address) : loadPart(address, lanes);
#pragma clang loop unroll(full)
      for (int q = 0; q < queries; q++) sum = fma(splat(weights[(size_t)q * padded + s]), factor[q], sum);
      storePart(address, sum, lanes);
    }
  }
}

// The probabilities of `queries` times from t on, [queries, padded], those after each time zero.
INLINE void probabilities(const int queries, size_t t, size_t headWidth, const float *query, size_t timeStride,
                          const float *packedKeys, size_t padded, float slope, float *weights) {
  size_t times = paddedTimes(t + (size_t)queries);
  blockProducts(queries, times, headWidth, query, timeStride, packedKeys, padded, weights);
  float scale = 1 / __builtin_sqrtf((float)headWidth);
#pragma clang loop unroll(full)
  for (int q = 0; q < queries; q++) {
    float *row = weights + (size_t)q * padded;
    softmaxRow(t + (size_t)q, scale, slope, row);
    for (size_t s = paddedTimes(t + (size_t)q + 1); s < times; s++) row[s] = 0;
  }
}

INLINE void attendBlock(const int queries, size_t t, size_t headWidth, const float *head, size_t width,
                        size_t timeStride, const float *packedKeys, size_t padded, float slope,
                        float *weights, float *result, size_t resultStride) {
  probabilities(queries, t, headWidth, head + t * timeStride, timeStride, packedKeys, padded, slope, weights);
  weightedSums(queries, t + (size_t)queries, headWidth, weights, padded, head + 2 * width, timeStride,
               result + t * resultStride, resultStride);
}

static size_t attentionScratch(size_t times, size_t headWidth) {
  return paddedTimes(times) * (2 * headWidth + 2 * queryBlock);
}

static void attention(size_t times, size_t lanes, size_t heads, size_t headWidth, const float *slopes,
                      const float *qkv, size_t stride, float *result, size_t resultStride, float *scratch) {
  size_t padded = paddedTimes(times), width = heads * headWidth;
  float *packedKeys = scratch, *weights = scratch + padded * headWidth;
  for (size_t lane = 0; lane < lanes; lane++)
    for (size_t h = 0; h < heads; h++) {
      const float *head = qkv + lane * stride + h * headWidth;
      float *target = result + lane * resultStride + h * headWidth;
      size_t timeStride = lanes * stride, targetStride = lanes * resultStride;
      packTimes(times, headWidth, head + width, timeStride, padded, packedKeys);
      size_t t = 0;
      for (; t + queryBlock <= times; t += queryBlock)
        attendBlock(queryBlock, t, headWidth, head, width, timeStride, packedKeys, padded, slopes[h], weights,
                    target, targetStride);
      for (; t < times; t++)
        attendBlock(1, t, headWidth, head, width, timeStride, packedKeys, padded, slopes[h], weights, target,
                    targetStride);
    }
}

// With g the gradient of the result: ds = p (g . v_s - sum over s of p g . v_s) / sqrt(headWidth).
INLINE void attendBlockBack(const int queries, size_t t, size_t headWidth, const float *head, size_t width,
                            size_t timeStride, const float *packedKeys, const float *packedValues,
                            size_t padded, float slope, float *weights, float *slopesOfScores,
                            const float *g, size_t gStride, float *target, size_t targetStride) {
  const float *query = head + t * timeStride;
  probabilities(queries, t, headWidth, query, timeStride, packedKeys, padded, slope, weights);
  size_t times = t + (size_t)queries, paddedCount = paddedTimes(times);
  blockProducts(queries, paddedCount, headWidth, g + t * gStride, gStride, packedValues, padded,
                slopesOfScores);
  float scale = 1 / __builtin_sqrtf((float)headWidth);
#pragma clang loop unroll(full)
  for (int q = 0; q < queries; q++) {
    const float *p = weights + (size_t)q * padded;
    float *d = slopesOfScores + (size_t)q * padded;
    Floats sum = splat(0);
    for (size_t s = 0; s < paddedCount; s += WIDTH) sum = fma(load(p + s), load(d + s), sum);
    Floats mean = splat(sumOfLanes(sum));
    for (size_t s = 0; s < paddedCount; s += WIDTH)
      store(d + s, load(p + s) * (load(d + s) - mean) * scale);
  }
  weightedSums(queries, times, headWidth, slopesOfScores, padded, head + width, timeStride,
               target + t * targetStride, targetStride);
  addOuterProducts(queries, times, headWidth, slopesOfScores, padded, query, timeStride, target + width,
                   targetStride);
  addOuterProducts(queries, times, headWidth, weights, padded, g + t * gStride, gStride, target + 2 * width,
                   targetStride);
}

static void attentionGradient(size_t times, size_t lanes, size_t heads, size_t headWidth, const float *slopes,
                              const float *qkv, size_t stride, const float *g, size_t gStride, float *result,
                              size_t resultStride, float *scratch) {
  size_t padded = paddedTimes(times), width = heads * headWidth;
  float *packedKeys = scratch, *packedValues = packedKeys + padded * headWidth;
  float *weights = packedValues + padded * headWidth, *slopesOfScores = weights + padded * queryBlock;
  for (size_t row = 0; row < times * lanes; row++)
    for (size_t j = width; j < 3 * width; j++) result[row * resultStride + j] = 0;
  for (size_t lane = 0; lane < lanes; lane++)
    for (size_t h = 0; h < heads; h++) {
      const float *head = qkv + lane * stride + h * headWidth;
      const float *outer = g + lane * gStride + h * headWidth;
      float *target = result + lane * resultStride + h * headWidth;
      size_t timeStride = lanes * stride, outerStride = lanes * gStride, targetStride = lanes * resultStride;
      packTimes(times, headWidth, head + width, timeStride, padded, packedKeys);
      packTimes(times, headWidth, head + 2 * width, timeStride, padded, packedValues);
      size_t t = 0;
      for (; t + queryBlock <= times; t += queryBlock)
        attendBlockBack(queryBlock, t, headWidth, head, width, timeStride, packedKeys, packedValues, padded,
                        slopes[h], weights, slopesOfScores, outer, outerStride, target, targetStride);
      for (; t < times; t++)
        attendBlockBack(1, t, headWidth, head, width, timeStride, packedKeys, packedValues, padded, slopes[h],
                        weights, slopesOfScores, outer, outerStride, target, targetStride);
    }
}

// The newest time alone, whose rows are `qkv`, [lanes, 3 width]; keys and values of the `count` times before stand in
// `past`, [count lanes, 2 width].
static void cachedAttention(size_t count, size_t lanes, size_t heads, size_t headWidth, const float *slopes,
                            const float *qkv, size_t stride, const float *past, size_t pastStride,
                            float *result, size_t resultStride, float *scratch) {
  size_t width = heads * headWidth;
  float scale = 1 / __builtin_sqrtf((float)headWidth);
  for (size_t lane = 0; lane < lanes; lane++)
    for (size_t h = 0; h < heads; h++) {
      const float *query = qkv + lane * stride + h * headWidth;
      const float *keys = past + lane * pastStride + h * headWidth, *values = keys + width;
      size_t timeStride = lanes * pastStride;
      for (size_t s = 0; s <= count; s++) {
        const float *key = s < count ? keys + s * timeStride : query + width;
        Floats sum = splat(0);
        for (size_t j = 0; j < headWidth; j += WIDTH) {
          size_t part = smaller(headWidth - j, WIDTH);
          sum = fma(loadPart(query + j, part), loadPart(key + j, part), sum);
        }
        scratch[s] = sumOfLanes(sum);
      }
      for (size_t s = count + 1; s < paddedTimes(count + 1); s++) scratch[s] = 0;
      softmaxRow(count, scale, slopes[h], scratch);
      for (size_t j = 0; j < headWidth; j += WIDTH) {
        size_t part = smaller(headWidth - j, WIDTH);
        Floats sum = splat(0);
        for (size_t s = 0; s < count; s++)
          sum = fma(splat(scratch[s]), loadPart(values + s * timeStride + j, part), sum);
        sum = fma(splat(scratch[count]), loadPart(query + 2 * width + j, part), sum);
        storePart(result + lane * resultStride + h * headWidth + j, sum, part);
      }
    }
}
