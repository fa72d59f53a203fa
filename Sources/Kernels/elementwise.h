// The interpreter of fused elementwise programs. The domain is cut into tiles of whole rows, or of parts of
// one row; in a tile every slot is a dense run of numbers. A slot that lies dense in memory is used where it
// lies, any other is copied to or from scratch memory, once per tile, or once per call if it never changes.

enum {
  tileSize = 512,
  tileStride = tileSize + 2 * WIDTH, // a store of a whole vector may pass the end
};
_Static_assert(tileStride * METARL_MAXIMUM_SLOTS <= METARL_ELEMENTWISE_SCRATCH, "a tile for every slot");

typedef void Operation(float *result, const float *a, const float *b, const float *c, size_t count);

#define OPERATION(name, value, ...)                                                                             \
  static void name##Run(float *result, const float *a, const float *b, const float *c, size_t count) {          \
    (void)b, (void)c;                                                                                           \
    size_t i = 0;                                                                                               \
    for (; i + WIDTH <= count; i += WIDTH) {                                                                    \
      LOADS_##__VA_ARGS__(load(a + i), load(b + i), load(c + i));                                               \
      store(result + i, value);                                                                                 \
    }                                                                                                           \
    if (i < count) {                                                                                            \
      size_t rest = count - i;                                                                                  \
      LOADS_##__VA_ARGS__(loadPart(a + i, rest), loadPart(b + i, rest), loadPart(c + i, rest));                 \
      storePart(result + i, value, rest);                                                                       \
    }                                                                                                           \
  }
#define LOADS_1(first, second, third) Floats x = first
#define LOADS_2(first, second, third) Floats x = first, y = second
#define LOADS_3(first, second, third) Floats x = first, y = second, z = third

OPERATION(copy, x, 1)
OPERATION(negate, -x, 1)
OPERATION(exp, exponential(x), 1)
OPERATION(log, logarithm(x), 1)
OPERATION(tanh, hyperbolicTangent(x), 1)
OPERATION(sigmoid, sigmoid(x), 1)
OPERATION(sqrt, squareRoot(x), 1)
OPERATION(reciprocal, 1.0f / x, 1)
OPERATION(abs, absolute(x), 1)
OPERATION(square, x *x, 1)
OPERATION(add, x + y, 2)
OPERATION(subtract, x - y, 2)
OPERATION(multiply, x *y, 2)
OPERATION(divide, x / y, 2)
OPERATION(minimum, minimum(x, y), 2)
OPERATION(maximum, maximum(x, y), 2)
OPERATION(greater, fromBits((x > y) & bits(splat(1))), 2)
OPERATION(select, x != 0.0f ? y : z, 3)
OPERATION(multiplyAdd, x *y + z, 3)

static Operation *const operations[] = {
    [metarl_copy] = copyRun,           [metarl_negate] = negateRun,
    [metarl_exp] = expRun,             [metarl_log] = logRun,
    [metarl_tanh] = tanhRun,           [metarl_sigmoid] = sigmoidRun,
    [metarl_sqrt] = sqrtRun,           [metarl_reciprocal] = reciprocalRun,
    [metarl_abs] = absRun,             [metarl_square] = squareRun,
    [metarl_add] = addRun,             [metarl_subtract] = subtractRun,
    [metarl_multiply] = multiplyRun,   [metarl_divide] = divideRun,
    [metarl_minimum] = minimumRun,     [metarl_maximum] = maximumRun,
    [metarl_greater] = greaterRun,     [metarl_select] = selectRun,
    [metarl_multiplyAdd] = multiplyAddRun,
};

INLINE int operandCount(MetarlOperation operation) {
  return operation < metarl_add ? 1 : operation < metarl_select ? 2 : 3;
}

// Copies [rows, columns] numbers into a dense tile. Whole vectors pass a row's end and the next row mends it.
static void gather(float *tile, const float *source, size_t rowStride, size_t columnStride, size_t rows,
                   size_t columns) {
  for (size_t row = 0; row < rows; row++, source += rowStride, tile += columns) {
    if (columnStride == 0) {
      Floats value = splat(*source);
      for (size_t j = 0; j < columns; j += WIDTH) store(tile + j, value);
    } else {
      size_t j = 0;
      for (; j + WIDTH <= columns; j += WIDTH) store(tile + j, load(source + j));
      if (j < columns) store(tile + j, loadPart(source + j, columns - j));
    }
  }
}

static void scatter(const float *tile, float *target, size_t rowStride, size_t rows, size_t columns) {
  for (size_t row = 0; row < rows; row++, target += rowStride, tile += columns) {
    size_t j = 0;
    for (; j + WIDTH <= columns; j += WIDTH) store(target + j, load(tile + j));
    if (j < columns) storePart(target + j, load(tile + j), columns - j);
  }
}

// How a slot in memory reaches its tile.
typedef struct {
  float *data;
  size_t rowStride, columnStride;
  uint8_t slot;
} Passage;

typedef struct {
  const MetarlInstruction *instructions;
  size_t instructionCount;
  uint64_t written, used;                  // slots, one bit each
  MetarlSlot slots[METARL_MAXIMUM_SLOTS];
  size_t slotCount, rows, columns;         // of the domain, after flattening
  size_t tileRows, tileColumns;
  float *address[METARL_MAXIMUM_SLOTS];    // of the slot's numbers in the present tile
  Passage direct[METARL_MAXIMUM_SLOTS], gathered[METARL_MAXIMUM_SLOTS], scattered[METARL_MAXIMUM_SLOTS];
  size_t directCount, gatheredCount, scatteredCount;
} Plan;

INLINE uint64_t flag(uint8_t slot) { return (uint64_t)1 << slot; }
INLINE bool isInMemory(const Plan *plan, uint8_t slot) {
  return plan->slots[slot].data && (plan->used & flag(slot));
}

static void findSlots(Plan *plan) {
  plan->used = plan->written = 0;
  for (size_t i = 0; i < plan->instructionCount; i++) {
    MetarlInstruction instruction = plan->instructions[i];
    int operands = operandCount(instruction.operation);
    plan->written |= flag(instruction.result);
    plan->used |= flag(instruction.a);
    if (operands > 1) plan->used |= flag(instruction.b);
    if (operands > 2) plan->used |= flag(instruction.c);
  }
  plan->used |= plan->written;
}

// Chooses the tiles: parts of one long row where every slot is dense or a single number, else several whole
// rows, else parts of one row. Rows that lie apart are worth a copy only where they are short.
static void chooseTiles(Plan *plan) {
  bool isFlat = true, isStrided = false;
  for (uint8_t s = 0; s < plan->slotCount; s++) {
    if (!isInMemory(plan, s)) continue;
    MetarlSlot *slot = plan->slots + s;
    // A stride along an axis of length one means nothing.
    if (plan->rows == 1) slot->rowStride = slot->columnStride == 0 ? 0 : plan->columns;
    if (plan->columns == 1) slot->columnStride = slot->rowStride == 0 ? 0 : 1;
    bool isDense = slot->columnStride == 1 && slot->rowStride == plan->columns;
    isFlat &= isDense || (slot->columnStride == 0 && slot->rowStride == 0);
    isStrided |= !isDense && slot->columnStride == 1 && slot->rowStride != 0;
  }
  if (isFlat) {
    plan->columns *= plan->rows;
    plan->rows = 1;
  }
  bool isWide = plan->columns > (isStrided ? tileSize / 3 : tileSize / 2);
  plan->tileRows = isWide ? 1 : smaller(tileSize / plan->columns, plan->rows);
  plan->tileColumns = smaller(plan->columns, tileSize);
}

// Sorts the slots by what each tile asks for, and fills the tiles that never change.
static void sortSlots(Plan *plan, float *scratch) {
  plan->directCount = plan->gatheredCount = plan->scatteredCount = 0;
  for (uint8_t s = 0; s < plan->slotCount; s++) {
    float *tile = scratch + s * tileStride;
    plan->address[s] = tile;
    if (!isInMemory(plan, s)) continue;
    Passage passage = {plan->slots[s].data, plan->slots[s].rowStride, plan->slots[s].columnStride, s};
    if (passage.columnStride == 1 && (plan->tileRows == 1 || passage.rowStride == plan->columns))
      plan->direct[plan->directCount++] = passage;
    else if (plan->written & flag(s))
      plan->scattered[plan->scatteredCount++] = passage;
    else if (passage.rowStride == 0 && (passage.columnStride == 0 || plan->tileColumns == plan->columns))
      gather(tile, passage.data, 0, passage.columnStride, plan->tileRows, plan->tileColumns);
    else
      plan->gathered[plan->gatheredCount++] = passage;
  }
}

INLINE float *start(const Passage *passage, size_t row, size_t column) {
  return passage->data + row * passage->rowStride + column * passage->columnStride;
}

static void runTile(Plan *plan, size_t row, size_t column) {
  size_t rows = smaller(plan->rows - row, plan->tileRows);
  size_t columns = smaller(plan->columns - column, plan->tileColumns);
  float **address = plan->address;
  for (const Passage *p = plan->direct; p < plan->direct + plan->directCount; p++)
    address[p->slot] = start(p, row, column);
  for (const Passage *p = plan->gathered; p < plan->gathered + plan->gatheredCount; p++)
    gather(address[p->slot], start(p, row, column), p->rowStride, p->columnStride, rows, columns);
  for (size_t i = 0; i < plan->instructionCount; i++) {
    MetarlInstruction instruction = plan->instructions[i];
    int operands = operandCount(instruction.operation);
    operations[instruction.operation](address[instruction.result], address[instruction.a],
                                      address[operands > 1 ? instruction.b : instruction.a],
                                      address[operands > 2 ? instruction.c : instruction.a], rows * columns);
  }
  for (const Passage *p = plan->scattered; p < plan->scattered + plan->scatteredCount; p++)
    scatter(address[p->slot], start(p, row, column), p->rowStride, rows, columns);
}

static void elementwise(const MetarlInstruction *instructions, size_t instructionCount, const MetarlSlot *slots,
                        size_t slotCount, size_t rows, size_t columns, float *scratch) {
  if (rows == 0 || columns == 0) return;
  Plan plan;
  plan.instructions = instructions;
  plan.instructionCount = instructionCount;
  plan.slotCount = slotCount;
  plan.rows = rows;
  plan.columns = columns;
  for (size_t s = 0; s < slotCount; s++) plan.slots[s] = slots[s];
  findSlots(&plan);
  chooseTiles(&plan);
  sortSlots(&plan, scratch);
  for (size_t row = 0; row < plan.rows; row += plan.tileRows)
    for (size_t column = 0; column < plan.columns; column += plan.tileColumns) runTile(&plan, row, column);
}
