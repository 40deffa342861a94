import type { ByteString } from '../../core/byte-string.ts'

/** One server-sent event. */
export function frame(json: ByteString): ByteString {
  return `data: ${json}\n\n`
}

/** The last frame of a whole stream; a broken one ends without it. */
export const DONE_FRAME = 'data: [DONE]\n\n'

/** What a silent stream says: a comment, since any other frame breaks clients. */
export const PING_FRAME = ': ping\n\n'
