import { PLAIN_ANSWER } from '../answer/answer-context.ts'
import { createConverseDecoder } from '../converse/converse-codec.ts'
import type { HttpBody } from '../transport/http-body.ts'
import { openEvents } from './answer-reader.ts'

/** A short answer as Bedrock frames it. */
const CANNED =
  'AAAAdgAAAFKW1freCzpldmVudC10eXBlBwAMbWVzc2FnZVN0YXJ0DTpjb250ZW50LXR5cGUHABBhcHBsaWNhdGlvbi9qc29uDTptZXNzYWdlLXR5cGUHAAVldmVudHsicm9sZSI6ImFzc2lzdGFudCJ9b6jFmQAAAJMAAABXBotG/gs6ZXZlbnQtdHlwZQcAEWNvbnRlbnRCbG9ja0RlbHRhDTpjb250ZW50LXR5cGUHABBhcHBsaWNhdGlvbi9qc29uDTptZXNzYWdlLXR5cGUHAAVldmVudHsiY29udGVudEJsb2NrSW5kZXgiOjAsImRlbHRhIjp7InRleHQiOiJhIn19ExmOhwAAAH0AAABW5mgP1gs6ZXZlbnQtdHlwZQcAEGNvbnRlbnRCbG9ja1N0b3ANOmNvbnRlbnQtdHlwZQcAEGFwcGxpY2F0aW9uL2pzb24NOm1lc3NhZ2UtdHlwZQcABWV2ZW50eyJjb250ZW50QmxvY2tJbmRleCI6MH2zLk00AAAAegAAAFHKLEZlCzpldmVudC10eXBlBwALbWVzc2FnZVN0b3ANOmNvbnRlbnQtdHlwZQcAEGFwcGxpY2F0aW9uL2pzb24NOm1lc3NhZ2UtdHlwZQcABWV2ZW50eyJzdG9wUmVhc29uIjoiZW5kX3R1cm4ifV+/CfwAAACaAAAATm/wjE8LOmV2ZW50LXR5cGUHAAhtZXRhZGF0YQ06Y29udGVudC10eXBlBwAQYXBwbGljYXRpb24vanNvbg06bWVzc2FnZS10eXBlBwAFZXZlbnR7InVzYWdlIjp7ImlucHV0VG9rZW5zIjoxLCJvdXRwdXRUb2tlbnMiOjEsInRvdGFsVG9rZW5zIjoyfX1AECSo'

/** Reads a canned stream some times, so that the first real one does not pay for compiling the code. Takes a few milliseconds. */
export async function rehearse(times: number): Promise<void> {
  const bytes = Buffer.from(CANNED, 'base64')
  for (let i = 0; i < times; i++) {
    const decoder = createConverseDecoder(PLAIN_ANSWER)
    const events = await openEvents({
      body: cannedBody(bytes),
      framing: 'event-stream',
      decoder,
      model: 'canned',
      requestId: undefined
    })
    for await (const _batch of events);
  }
}

function cannedBody(bytes: Buffer): HttpBody {
  let pieces: readonly Buffer[] | undefined = [bytes]
  return {
    async wait() {},
    take() {
      const taken = pieces
      pieces = undefined
      return taken
    },
    leave() {}
  }
}
