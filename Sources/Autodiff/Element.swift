import Kernels

/// A number that the kernels calculate with: Float for work, Double for checks.
public protocol Element: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  /// The kernels for this type.
  static var kernels: Kernels<Self> { get }
  /// This number without its fraction; it must be finite and small enough.
  var truncated: Int { get }
}

/// The kernels for one type of number; see `kernels.h`.
public struct Kernels<Number>: Sendable {
  typealias Pointer = UnsafeMutablePointer<Number>
  typealias Constant = UnsafePointer<Number>

  let product:
    @Sendable (
      Bool, Bool, Int, Int, Int, Constant?, Int, Constant?, Int, Pointer?, Int, Bool, Pointer?
    ) -> Void
  let pack: @Sendable (Bool, Int, Int, Constant?, Int, Pointer?) -> Void
  let packedProduct:
    @Sendable (
      Bool, Int, Int, Int, Constant?, Int, Constant?, Pointer?, Int, Bool
    ) -> Void
  let sparseIsWithin: @Sendable (Int, Int, Int, Constant?, Int) -> Bool
  let sparseProduct: @Sendable (Int, Int, Int, Constant?, Int, Constant?, Int, Pointer?, Int) -> Void
  let sparseTransposedProduct:
    @Sendable (Int, Int, Int, Int, Constant?, Int, Constant?, Int, Pointer?, Int) -> Void
  let elementwise:
    @Sendable (
      UnsafePointer<MetarlInstruction>?, Int, UnsafePointer<MetarlSlot>?, Int, Int, Int, Pointer?
    ) -> Void
  let sumRows: @Sendable (Int, Int, Constant?, Int, Pointer?) -> Void
  let sumColumns: @Sendable (Int, Int, Constant?, Int, Pointer?) -> Void
  let maximumOfColumns: @Sendable (Int, Int, Constant?, Int, Pointer?) -> Void
  let attention:
    @Sendable (Int, Int, Int, Int, UnsafePointer<Float>?, Constant?, Int, Pointer?, Int, Pointer?) -> Void
  let attentionGradient:
    @Sendable (
      Int, Int, Int, Int, UnsafePointer<Float>?, Constant?, Int, Constant?, Int, Pointer?, Int, Pointer?
    ) -> Void
  let cachedAttention:
    @Sendable (
      Int, Int, Int, Int, UnsafePointer<Float>?, Constant?, Int, Constant?, Int, Pointer?, Int, Pointer?
    ) -> Void
}

extension Float: Element {
  /// This number without its fraction.
  public var truncated: Int { Int(self) }

  /// Single precision, written for the vector units.
  public static let kernels = Kernels<Float>(
    product: metarl_gemm_f32, pack: metarl_pack_f32, packedProduct: metarl_gemm_packed_f32,
    sparseIsWithin: metarl_sparse_is_within_f32, sparseProduct: metarl_sparse_product_f32,
    sparseTransposedProduct: metarl_sparse_transposed_product_f32,
    elementwise: metarl_elementwise_f32, sumRows: metarl_sum_rows_f32, sumColumns: metarl_sum_columns_f32,
    maximumOfColumns: metarl_max_columns_f32,
    attention: metarl_attention_f32, attentionGradient: metarl_attention_gradient_f32,
    cachedAttention: metarl_cached_attention_f32)
}

extension Double: Element {
  /// This number without its fraction.
  public var truncated: Int { Int(self) }

  /// Double precision, for checks.
  public static let kernels = Kernels<Double>(
    product: metarl_gemm_f64, pack: metarl_pack_f64, packedProduct: metarl_gemm_packed_f64,
    sparseIsWithin: metarl_sparse_is_within_f64, sparseProduct: metarl_sparse_product_f64,
    sparseTransposedProduct: metarl_sparse_transposed_product_f64,
    elementwise: metarl_elementwise_f64, sumRows: metarl_sum_rows_f64, sumColumns: metarl_sum_columns_f64,
    maximumOfColumns: metarl_max_columns_f64,
    attention: metarl_attention_f64, attentionGradient: metarl_attention_gradient_f64,
    cachedAttention: metarl_cached_attention_f64)
}
