import { ReadableStream } from 'node:stream/web'
import fc from 'fast-check'
import t from 'tap'
import { readEvents } from '../../src/home/browser/read-events.ts'

const STREAM = ': ping\n\ndata: {"a":"é 🪨"}\n\ndata: one\r\n\r\nevent: x\ndata: two\ndata: lines\n\ndata: [DONE]\n\n'
const EVENTS = ['{"a":"é 🪨"}', 'one', 'two\nlines', '[DONE]']

t.test('the page reads the same events however the bytes are cut', async (t) => {
  const bytes = new TextEncoder().encode(STREAM)
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(cuts, async (places) => {
      const edges = [0, ...places.sort((a, b) => a - b), bytes.length]
      const pieces = edges.slice(1).map((edge, i) => bytes.slice(edges[i], edge))
      t.same(await eventsOf(pieces), EVENTS)
    })
  )
})

t.test('half an event at the end is no event', async (t) => {
  t.same(await eventsOf([new TextEncoder().encode('data: one\n\ndata: tw')]), ['one'])
})

async function eventsOf(pieces: Uint8Array[]): Promise<string[]> {
  const body = ReadableStream.from(pieces) as unknown as Parameters<typeof readEvents>[0]
  const events: string[] = []
  for await (const event of readEvents(body)) events.push(event)
  return events
}
