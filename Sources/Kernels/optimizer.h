// One step of Adam, in place. Every element goes through the same operations in the same order, each rounded
// once, so the result is that of the formula in any language.
static void adam(size_t count, float *parameters, const float *gradient, float *first, float *second,
                 const MetarlAdam *step) {
  Floats scale = splat(step->scale), rate = splat(step->rate), epsilon = splat(step->epsilon);
  Floats keep1 = splat(step->decay1), take1 = splat(1 - step->decay1);
  Floats keep2 = splat(step->decay2), take2 = splat(1 - step->decay2), correction = splat(step->correction);
  for (size_t i = 0; i < count; i += WIDTH) {
    size_t part = smaller(count - i, WIDTH);
    Floats slope = loadPart(gradient + i, part) * scale;
    Floats mean = keep1 * loadPart(first + i, part) + take1 * slope;
    Floats square = keep2 * loadPart(second + i, part) + take2 * slope * slope;
    Floats move = rate * mean / (squareRoot(square * correction) + epsilon);
    storePart(first + i, mean, part);
    storePart(second + i, square, part);
    storePart(parameters + i, loadPart(parameters + i, part) - move, part);
  }
}
