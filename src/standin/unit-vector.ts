import { createHash } from 'node:crypto'
import { makeRandom } from './random.ts'

/** A vector of length one that depends on nothing but model and content: equal input gives an equal vector. */
export function unitVector(model: string, content: string, dimensions: number): number[] {
  const random = makeRandom(0, createHash('sha256').update(`${model}\n${content}`).digest('hex'))
  const raw = Array.from({ length: dimensions }, () => random.next() * 2 - 1)
  const norm = Math.hypot(...raw)
  return raw.map((value) => value / norm)
}

/** The same vector in a narrower type of number. */
export function quantize(vector: readonly number[], type: string): number[] {
  const signs = vector.map((value) => (value > 0 ? 1 : 0))
  if (type === 'int8') return vector.map((value) => Math.max(-128, Math.min(127, Math.round(value * 127))))
  if (type === 'uint8') return vector.map((value) => Math.max(0, Math.min(255, Math.round((value + 1) * 127))))
  if (type === 'binary' || type === 'ubinary') return pack(signs, type === 'binary' ? 128 : 0)
  return [...vector]
}

function pack(bits: readonly number[], offset: number): number[] {
  return Array.from({ length: Math.ceil(bits.length / 8) }, (_, index) => {
    const byte = bits.slice(index * 8, index * 8 + 8).reduce((sum, bit) => sum * 2 + bit, 0)
    return byte - offset
  })
}
