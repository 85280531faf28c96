/** The number types that safetensors knows, as 32-bit floats. All are little-endian, as every machine is that
 * TensorFlow.js runs on. */

interface DType {
  /** Bytes per value. */
  size: number;
  /** @param bytes A copy that starts a buffer of its own. */
  read(bytes: ArrayBuffer): Float32Array;
}

const DTYPES: Record<string, DType> = {
  F64: { size: 8, read: (bytes) => Float32Array.from(new Float64Array(bytes)) },
  F32: { size: 4, read: (bytes) => new Float32Array(bytes) },
  F16: { size: 2, read: (bytes) => Float32Array.from(new Uint16Array(bytes), half) },
  BF16: {
    size: 2,
    read: (bytes) => new Float32Array(Uint32Array.from(new Uint16Array(bytes), upperHalf).buffer),
  },
  I64: { size: 8, read: (bytes) => Float32Array.from(Array.from(new BigInt64Array(bytes), Number)) },
  U64: { size: 8, read: (bytes) => Float32Array.from(Array.from(new BigUint64Array(bytes), Number)) },
  I32: { size: 4, read: (bytes) => Float32Array.from(new Int32Array(bytes)) },
  U32: { size: 4, read: (bytes) => Float32Array.from(new Uint32Array(bytes)) },
  I16: { size: 2, read: (bytes) => Float32Array.from(new Int16Array(bytes)) },
  U16: { size: 2, read: (bytes) => Float32Array.from(new Uint16Array(bytes)) },
  I8: { size: 1, read: (bytes) => Float32Array.from(new Int8Array(bytes)) },
  U8: { size: 1, read: (bytes) => Float32Array.from(new Uint8Array(bytes)) },
  BOOL: { size: 1, read: (bytes) => Float32Array.from(new Uint8Array(bytes)) },
};

/** The names of the types, for errors. */
export const dtypeNames = Object.keys(DTYPES);

/** @returns Undefined where no type is called so. */
export function dtypeNamed(name: unknown): DType | undefined {
  return typeof name === "string" && Object.hasOwn(DTYPES, name) ? DTYPES[name] : undefined;
}

/** A 16-bit float (IEEE 754: 1 bit of sign, 5 of exponent, 10 of fraction) as a number. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A bfloat16 is the upper half of a 32-bit float. */
function upperHalf(bits: number): number {
  return bits << 16; // Uint32Array takes it modulo 2³²
}
