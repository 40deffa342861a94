import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { crc32, createInflate, deflate } from 'node:zlib'
import { heavyWork } from '../core/heavy-work.ts'

/** Which pixels of a picture are painted anew: 255 where it is more transparent than not, else 0. */
export interface AlphaMask {
  readonly width: number
  readonly height: number
  readonly pixels: Buffer
  readonly isSeeThrough: boolean
}

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
/** Bytes of unpacked picture that are read before others have their turn. */
const PIECE_BYTES = 512 * 1024
/** Samples of a pixel, by colour type (PNG, third edition, table 8). */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16]
}
const PALETTE = 3
const HALF = 128

interface Layout {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly colour: number
  readonly isInterlaced: boolean
  /** The chunk `tRNS`. */
  readonly clear: Buffer | undefined
}

/** Rows of a picture that belong together: all of them, or one pass of an interlaced one. */
interface Pass {
  readonly x: number
  readonly y: number
  readonly stepX: number
  readonly stepY: number
  readonly columns: number
  readonly rows: number
}

/**
 * Reads where a PNG is transparent. It is unpacked and read piece by piece, since a few kilobytes may be a hundred megabytes of picture,
 * of which only a byte for each pixel is kept; `hold` is told of those bytes before they are taken, and may throw. Undefined where it is no
 * PNG, is broken, or has more than `mostPixels`.
 */
export async function readAlpha(
  png: Buffer,
  mostPixels: number,
  hold: (bytes: number) => void = () => {}
): Promise<AlphaMask | undefined> {
  const chunks = chunksOf(png)
  const layout = chunks === undefined ? undefined : layoutOf(chunks)
  if (chunks === undefined || layout === undefined || layout.width * layout.height > mostPixels) return undefined
  hold(layout.width * layout.height)
  const reader = new AlphaReader(layout)
  const data = chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)
  const unpacked = Readable.from(data, { objectMode: false }).pipe(createInflate({ chunkSize: PIECE_BYTES }))
  try {
    for await (const piece of unpacked as AsyncIterable<Buffer>) {
      if (!(await heavyWork.turn(() => reader.take(piece)))) return undefined
      if (reader.isWhole) break
    }
  } catch {
    return undefined // is not packed as it says
  }
  if (!reader.isWhole) return undefined
  const { width, height } = layout
  return { width, height, pixels: reader.pixels, isSeeThrough: reader.isSeeThrough }
}

const pack = promisify(deflate)

/** Writes pixels as a PNG of grey values, eight bits each. */
export async function greyPng({ width, height, pixels }: Pick<AlphaMask, 'width' | 'height' | 'pixels'>): Promise<Buffer> {
  const rows = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y++) pixels.copy(rows, y * (width + 1) + 1, y * width, (y + 1) * width)
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head[8] = 8
  return Buffer.concat([SIGNATURE, chunk('IHDR', head), chunk('IDAT', await pack(rows)), chunk('IEND', Buffer.alloc(0))])
}

function chunk(type: string, data: Buffer): Buffer {
  const made = Buffer.alloc(data.length + 12)
  made.writeUInt32BE(data.length, 0)
  made.write(type, 4, 'latin1')
  data.copy(made, 8)
  made.writeUInt32BE(crc32(made.subarray(4, data.length + 8)), data.length + 8)
  return made
}

interface Chunk {
  readonly type: string
  readonly data: Buffer
}

/** More are in no picture of any program. */
const MOST_CHUNKS = 100_000

function chunksOf(png: Buffer): readonly Chunk[] | undefined {
  if (!png.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return undefined
  const found: Chunk[] = []
  for (let at = SIGNATURE.length; at + 12 <= png.length && found.length < MOST_CHUNKS; ) {
    const length = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    if (at + 12 + length > png.length) return undefined
    found.push({ type, data: png.subarray(at + 8, at + 8 + length) })
    if (type === 'IEND') return found
    at += 12 + length
  }
  return undefined
}

function layoutOf(chunks: readonly Chunk[]): Layout | undefined {
  const [head] = chunks
  if (head?.type !== 'IHDR' || head.data.length !== 13) return undefined
  const { data } = head
  const [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)]
  const [depth = 0, colour = 0, packing, filtering, interlaced = 0] = data.subarray(8)
  const isKnown = DEPTHS[colour]?.includes(depth) === true && packing === 0 && filtering === 0 && interlaced <= 1
  if (width === 0 || height === 0 || !isKnown) return undefined
  const clear = chunks.find(({ type }) => type === 'tRNS')?.data
  if (clear !== undefined && colour !== PALETTE && clear.length !== 2 * SAMPLES[colour]!) return undefined
  return { width, height, depth, colour, isInterlaced: interlaced === 1, clear }
}

/** Adam7: where each pass begins, and its steps. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2]
] as const
const WHOLE = [[0, 0, 1, 1]] as const

function passesOf({ width, height, isInterlaced }: Layout): readonly Pass[] {
  return (isInterlaced ? ADAM7 : WHOLE)
    .map(([x, y, stepX, stepY]) => {
      return { x, y, stepX, stepY, columns: Math.ceil((width - x) / stepX), rows: Math.ceil((height - y) / stepY) }
    })
    .filter(({ columns, rows }) => columns > 0 && rows > 0)
}

/** Takes the unpacked bytes of a picture as they come, and keeps a byte for each pixel. */
class AlphaReader {
  readonly pixels: Buffer
  isSeeThrough = false
  private readonly layout: Layout
  private readonly passes: readonly Pass[]
  private readonly pixelBytes: number
  private pass = 0
  private row = 0
  private line: Buffer
  private before: Buffer
  private filled = 0

  constructor(layout: Layout) {
    this.layout = layout
    this.passes = passesOf(layout)
    this.pixels = Buffer.alloc(layout.width * layout.height)
    this.pixelBytes = Math.max(1, (SAMPLES[layout.colour]! * layout.depth) / 8)
    this.line = this.newLine()
    this.before = this.newLine()
  }

  get isWhole(): boolean {
    return this.pass === this.passes.length
  }

  /** False where a row is filtered in a way that there is not. */
  take(piece: Buffer): boolean {
    for (let at = 0; at < piece.length && !this.isWhole; ) {
      const taken = piece.copy(this.line, this.filled, at)
      at += taken
      this.filled += taken
      if (this.filled < this.line.length) return true
      if (!unfilter(this.line, this.before, this.pixelBytes)) return false
      this.readLine(this.passes[this.pass]!)
      this.nextLine()
    }
    return true
  }

  private nextLine(): void {
    this.filled = 0
    if (++this.row < this.passes[this.pass]!.rows) {
      const { line } = this
      this.line = this.before
      this.before = line
      return
    }
    this.row = 0
    this.pass++
    if (this.isWhole) return
    this.line = this.newLine()
    this.before = this.newLine()
  }

  /** With its filter's byte before it. */
  private newLine(): Buffer {
    const { colour, depth } = this.layout
    return Buffer.alloc(1 + Math.ceil((this.passes[this.pass]!.columns * SAMPLES[colour]! * depth) / 8))
  }

  private readLine({ x, y, stepX, stepY, columns }: Pass): void {
    const { width } = this.layout
    const start = (y + this.row * stepY) * width + x
    for (let column = 0; column < columns; column++) {
      if (!this.isClear(column)) continue
      this.pixels[start + column * stepX] = 255
      this.isSeeThrough = true
    }
  }

  private isClear(column: number): boolean {
    const { line, pixelBytes } = this
    const { colour, depth, clear } = this.layout
    const at = 1 + column * pixelBytes
    // The last sample is the alpha; of sixteen bits the first eight are enough.
    if (colour >= 4) return line[at + pixelBytes - depth / 8]! < HALF
    if (clear === undefined) return false
    if (colour === PALETTE) return (clear[this.sample(column)] ?? 255) < HALF
    if (depth < 8) return this.sample(column) === clear.readUInt16BE(0)
    for (let sample = 0; sample < SAMPLES[colour]!; sample++) {
      const wanted = clear.readUInt16BE(sample * 2)
      const found = depth === 16 ? line.readUInt16BE(at + sample * 2) : line[at + sample]!
      if (found !== wanted) return false
    }
    return true
  }

  /** The value of a pixel that is one sample of eight bits or fewer. */
  private sample(column: number): number {
    const { depth } = this.layout
    const bit = column * depth
    return (this.line[1 + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1)
  }
}

/** Undoes the filter of a row, in place; its first byte says which. */
function unfilter(line: Buffer, before: Buffer, pixelBytes: number): boolean {
  const [filter = 0] = line
  if (filter > 4) return false
  if (filter === 0) return true
  for (let at = 1; at < line.length; at++) {
    const left = at > pixelBytes ? line[at - pixelBytes]! : 0
    const up = before[at]!
    if (filter === 1) line[at] = line[at]! + left
    else if (filter === 2) line[at] = line[at]! + up
    else if (filter === 3) line[at] = line[at]! + ((left + up) >> 1)
    else line[at] = line[at]! + paeth(left, up, at > pixelBytes ? before[at - pixelBytes]! : 0)
  }
  return true
}

function paeth(left: number, up: number, upLeft: number): number {
  const guess = left + up - upLeft
  const [byLeft, byUp, byUpLeft] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - upLeft)]
  if (byLeft <= byUp && byLeft <= byUpLeft) return left
  return byUp <= byUpLeft ? up : upLeft
}
