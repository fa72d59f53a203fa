// All float kernels for vectors of WIDTH lanes. Included once per instruction set; not a header.
#include "lanes.h"
#include "products.h"
#include "sparse.h"
#include "elementwise.h"
#include "reductions.h"
#include "attention.h"
#include "philox.h"
#include "peak.h"
#include "optimizer.h"

const MetarlFloatKernels TABLE = {
    .name = TABLE_NAME,
    .productScratch = productScratch,
    .product = product,
    .packedSize = packedSize,
    .pack = pack,
    .packedProduct = packedProduct,
    .sparseProduct = sparseProduct,
    .sparseTransposedProduct = sparseTransposedProduct,
    .elementwise = elementwise,
    .sumRows = sumRows,
    .sumColumns = sumColumns,
    .maxColumns = maxColumns,
    .attentionScratch = attentionScratch,
    .attention = attention,
    .attentionGradient = attentionGradient,
    .cachedAttention = cachedAttention,
    .philoxUniform = philoxUniform,
    .peak = peak,
    .adam = adam,
};
