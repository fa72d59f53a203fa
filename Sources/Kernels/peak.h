// The most that the vector units can do: multiply-adds on registers, enough of them at a time to hide the
// latency of each.
enum { peakChains = 16 };

static size_t peak(size_t rounds, float *result) {
  Floats sums[peakChains];
  for (int chain = 0; chain < peakChains; chain++) sums[chain] = splat((float)chain);
  Floats factor = splat(0.999f), summand = splat(0.001f);
  for (size_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (int chain = 0; chain < peakChains; chain++) sums[chain] = fma(sums[chain], factor, summand);
  }
  Floats total = sums[0];
  for (int chain = 1; chain < peakChains; chain++) total += sums[chain];
  *result = total[0];
  return rounds * peakChains * WIDTH * 2;
}
