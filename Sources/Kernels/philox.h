// Philox4x32-10, one block in each 64-bit lane of vectors.
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.

enum { blockLanes = WIDTH / 2 };
typedef uint64_t Words __attribute__((ext_vector_type(WIDTH / 2)));

// Numbers in [0, 1) from the bits of blocks `block...`: the first half and the second half of them.
INLINE void philoxBlocks(uint64_t key, uint64_t high, Words block, Floats *first, Floats *second) {
  // Only the low halves of the words count until the end; a product of two low halves is one instruction.
  const uint64_t low = 0xffffffff;
  Words c0 = block, c1 = block >> 32, c2 = high, c3 = high >> 32, key0 = key, key1 = key >> 32;
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; round++) {
    Words product0 = (c0 & low) * 0xD2511F53, product1 = (c2 & low) * 0xCD9E8D57;
    c0 = (product1 >> 32) ^ c1 ^ key0;
    c1 = product1;
    c2 = (product0 >> 32) ^ c3 ^ key1;
    c3 = product0;
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  Words front = (c0 & low) | c1 << 32, back = (c2 & low) | c3 << 32;
#if WIDTH == 16
  Words words0 = __builtin_shufflevector(front, back, 0, 8, 1, 9, 2, 10, 3, 11);
  Words words1 = __builtin_shufflevector(front, back, 4, 12, 5, 13, 6, 14, 7, 15);
#elif WIDTH == 8
  Words words0 = __builtin_shufflevector(front, back, 0, 4, 1, 5);
  Words words1 = __builtin_shufflevector(front, back, 2, 6, 3, 7);
#else
  Words words0 = __builtin_shufflevector(front, back, 0, 2);
  Words words1 = __builtin_shufflevector(front, back, 1, 3);
#endif
  typedef uint32_t Halves __attribute__((ext_vector_type(WIDTH)));
  Integers numbers0 = __builtin_bit_cast(Integers, __builtin_bit_cast(Halves, words0) >> 8);
  Integers numbers1 = __builtin_bit_cast(Integers, __builtin_bit_cast(Halves, words1) >> 8);
  *first = __builtin_convertvector(numbers0, Floats) * 0x1p-24f;
  *second = __builtin_convertvector(numbers1, Floats) * 0x1p-24f;
}

static void philoxUniform(uint64_t key, uint64_t high, uint64_t firstBlock, size_t count, float *result) {
  Words block;
#pragma clang loop unroll(full)
  for (unsigned lane = 0; lane < blockLanes; lane++) block[lane] = firstBlock + lane;
  for (size_t i = 0; i < count; i += 2 * WIDTH) {
    Floats first, second;
    philoxBlocks(key, high, block, &first, &second);
    size_t left = count - i;
    storePart(result + i, first, left < WIDTH ? left : WIDTH);
    if (left > WIDTH) storePart(result + i + WIDTH, second, left < 2 * WIDTH ? left - WIDTH : WIDTH);
    block += blockLanes;
  }
}
