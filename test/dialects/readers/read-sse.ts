import type { ByteString } from '../../../src/core/byte-string.ts'

/** One chunk as any reader sees it. */
export interface Chunk {
  id: string
  object: string
  created: number
  model: string
  service_tier?: string
  choices: ChunkChoice[]
  usage?: Record<string, unknown> | null
}

export interface ChunkChoice {
  index: number
  delta: Delta
  finish_reason: string | null
  logprobs: null
}

export interface Delta {
  role?: string
  content?: string
  refusal?: null
  reasoning_content?: string
  tool_calls?: CallDelta[]
  function_call?: { name?: string; arguments: string }
  annotations?: unknown[]
  thinking_blocks?: unknown[]
}

export interface CallDelta {
  index: number
  id?: string
  type?: string
  function?: { name?: string; arguments?: string }
  custom?: { name?: string; input?: string }
}

/** What a client makes of the bytes of a stream. */
export function asText(bytes: ByteString): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** The JSON of each frame; anything but whole `data:` frames is an error. */
export function readFrames(stream: string): Chunk[] {
  if (stream === '') return []
  if (!stream.endsWith('\n\n')) throw new Error('the stream ends inside a frame')
  return stream
    .slice(0, -2)
    .split('\n\n')
    .map((frame) => {
      if (!frame.startsWith('data: ') || frame.includes('\n')) throw new Error(`not a data frame: ${frame}`)
      return JSON.parse(frame.slice(6)) as Chunk
    })
}
