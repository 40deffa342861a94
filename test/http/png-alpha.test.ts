import { crc32, deflateSync } from 'node:zlib'
import { PNG } from 'pngjs'
import t from 'tap'
import { greyPng, readAlpha } from '../../src/http/png-alpha.ts'
import { makeRandom } from '../../src/standin/random.ts'

const { between, next } = makeRandom(7, 'png')
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }
const KINDS = [
  [0, 1],
  [0, 2],
  [0, 4],
  [0, 8],
  [0, 16],
  [2, 8],
  [2, 16],
  [3, 1],
  [3, 2],
  [3, 4],
  [3, 8],
  [4, 8],
  [4, 16],
  [6, 8],
  [6, 16]
] as const
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2]
] as const

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length, 0)
  ends.writeUInt32BE(crc32(named), 4)
  return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)])
}

interface Drawn {
  readonly width: number
  readonly height: number
  readonly colour: number
  readonly depth: number
  readonly interlaced: boolean
  readonly clear: boolean
}

/** A picture of drawn bytes under drawn filters. */
function draw({ width, height, colour, depth, interlaced, clear }: Drawn): Buffer {
  const rows: Buffer[] = []
  for (const [x, y, stepX, stepY] of interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const)) {
    const [columns, lines] = [Math.ceil((width - x) / stepX), Math.ceil((height - y) / stepY)]
    for (let line = 0; columns > 0 && line < lines; line++) {
      const bytes = Buffer.alloc(1 + Math.ceil((columns * SAMPLES[colour]! * depth) / 8))
      for (let at = 1; at < bytes.length; at++) bytes[at] = next() < 0.5 ? 0 : between(0, 255)
      bytes[0] = between(0, 4)
      rows.push(bytes)
    }
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([depth, colour, 0, 0, interlaced ? 1 : 0], 8)
  const palette = colour === 3 ? [chunk('PLTE', Buffer.alloc(3 * 2 ** depth, 9))] : []
  const table =
    colour === 3 ? Buffer.from(Array.from({ length: 2 ** depth - 1 }, () => between(0, 255))) : Buffer.alloc(2 * SAMPLES[colour]!)
  const packed = deflateSync(Buffer.concat(rows))
  const half = Math.floor(packed.length / 2)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    ...palette,
    ...(clear && colour < 4 ? [chunk('tRNS', table)] : []),
    chunk('IDAT', packed.subarray(0, half)),
    chunk('IDAT', packed.subarray(half)),
    chunk('IEND', Buffer.alloc(0))
  ])
}

t.test('a mask is transparent where another reader of PNG finds it so, in every kind that there is', async (t) => {
  for (const [colour, depth] of KINDS)
    for (let round = 0; round < 8; round++) {
      const drawn = {
        width: between(1, 21),
        height: between(1, 21),
        colour,
        depth,
        interlaced: round % 2 === 0,
        clear: round < 6
      }
      const bytes = draw(drawn)
      const oracle = PNG.sync.read(bytes)
      const expected = Array.from({ length: drawn.width * drawn.height }, (_, at) => (oracle.data[at * 4 + 3]! < 128 ? 255 : 0))
      const found = await readAlpha(bytes, 1000)
      t.strictSame([...(found?.pixels ?? [])], expected, JSON.stringify(drawn))
      t.equal(found?.isSeeThrough, expected.includes(255))
      const written = PNG.sync.read(await greyPng({ ...drawn, pixels: Buffer.from(expected) }))
      t.strictSame(
        [...written.data].filter((_, at) => at % 4 === 0),
        expected
      )
    }
})

t.test('a picture that is too large, cut, broken or no PNG is none', async (t) => {
  const whole = draw({ width: 9, height: 9, colour: 6, depth: 8, interlaced: false, clear: false })
  t.equal(await readAlpha(whole, 80), undefined, 'too many pixels')
  for (const length of [0, 8, 20, 40, whole.length - 12, whole.length - 30])
    t.equal(await readAlpha(whole.subarray(0, length), 81), undefined, `the first ${length} bytes`)
  for (const [at, value] of [
    [0, 0],
    [19, 0],
    [24, 3],
    [25, 5],
    [26, 1],
    [43, 255]
  ] as const) {
    const changed = Buffer.from(whole)
    changed[at] = value
    t.equal(await readAlpha(changed, 81), undefined, `byte ${at} is ${value}`)
  }
})
