// Causal attention for double, as it is written in kernels.h; the check of the fast one.

// The probabilities of time t over times up to t; `key` gives the key of a time.
static void plainProbabilities(size_t t, size_t headWidth, float slope, const double *query, const double *keys,
                               size_t timeStride, const double *newest, double *p) {
  double most = -(double)INFINITY, sum = 0;
  for (size_t s = 0; s <= t; s++) {
    const double *key = s == t ? newest : keys + s * timeStride;
    double score = 0;
    for (size_t j = 0; j < headWidth; j++) score += query[j] * key[j];
    p[s] = score / sqrt((double)headWidth) - slope * (double)(t - s);
    most = p[s] > most ? p[s] : most;
  }
  for (size_t s = 0; s <= t; s++) sum += p[s] = exp(p[s] - most);
  for (size_t s = 0; s <= t; s++) p[s] /= sum;
}

static void plainAttention(size_t times, size_t lanes, size_t heads, size_t headWidth, const float *slopes,
                           const double *qkv, size_t stride, double *result, size_t resultStride, double *p) {
  size_t width = heads * headWidth;
  for (size_t lane = 0; lane < lanes; lane++)
    for (size_t h = 0; h < heads; h++)
      for (size_t t = 0; t < times; t++) {
        const double *head = qkv + lane * stride + h * headWidth, *row = head + t * lanes * stride;
        plainProbabilities(t, headWidth, slopes[h], row, head + width, lanes * stride, row + width, p);
        for (size_t j = 0; j < headWidth; j++) {
          double sum = 0;
          for (size_t s = 0; s <= t; s++) sum += p[s] * head[s * lanes * stride + 2 * width + j];
          result[(t * lanes + lane) * resultStride + h * headWidth + j] = sum;
        }
      }
}

static void plainAttentionGradient(size_t times, size_t lanes, size_t heads, size_t headWidth,
                                   const float *slopes, const double *qkv, size_t stride, const double *g,
                                   size_t gStride, double *result, size_t resultStride, double *p) {
  size_t width = heads * headWidth;
  for (size_t row = 0; row < times * lanes; row++)
    for (size_t j = 0; j < 3 * width; j++) result[row * resultStride + j] = 0;
  for (size_t lane = 0; lane < lanes; lane++)
    for (size_t h = 0; h < heads; h++)
      for (size_t t = 0; t < times; t++) {
        const double *head = qkv + lane * stride + h * headWidth, *row = head + t * lanes * stride;
        const double *outer = g + (t * lanes + lane) * gStride + h * headWidth;
        double *target = result + lane * resultStride + h * headWidth, *own = target + t * lanes * resultStride;
        plainProbabilities(t, headWidth, slopes[h], row, head + width, lanes * stride, row + width, p);
        double mean = 0;
        for (size_t s = 0; s <= t; s++)
          for (size_t j = 0; j < headWidth; j++)
            mean += p[s] * outer[j] * head[s * lanes * stride + 2 * width + j];
        for (size_t s = 0; s <= t; s++) {
          const double *other = head + s * lanes * stride;
          double *there = target + s * lanes * resultStride;
          double product = 0;
          for (size_t j = 0; j < headWidth; j++) product += outer[j] * other[2 * width + j];
          double d = p[s] * (product - mean) / sqrt((double)headWidth);
          for (size_t j = 0; j < headWidth; j++) {
            own[j] += d * other[width + j];
            there[width + j] += d * row[j];
            there[2 * width + j] += p[s] * outer[j];
          }
        }
      }
}

static void plainCachedAttention(size_t count, size_t lanes, size_t heads, size_t headWidth,
                                 const float *slopes, const double *qkv, size_t stride, const double *past,
                                 size_t pastStride, double *result, size_t resultStride, double *p) {
  size_t width = heads * headWidth;
  for (size_t lane = 0; lane < lanes; lane++)
    for (size_t h = 0; h < heads; h++) {
      const double *row = qkv + lane * stride + h * headWidth, *keys = past + lane * pastStride + h * headWidth;
      plainProbabilities(count, headWidth, slopes[h], row, keys, lanes * pastStride, row + width, p);
      for (size_t j = 0; j < headWidth; j++) {
        double sum = p[count] * row[2 * width + j];
        for (size_t s = 0; s < count; s++) sum += p[s] * keys[s * lanes * pastStride + width + j];
        result[lane * resultStride + h * headWidth + j] = sum;
      }
    }
}
