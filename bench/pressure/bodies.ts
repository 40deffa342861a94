import { HOSTILE_BODIES } from '../../test/reliability/hostile-bodies.ts'

const MODEL = 'amazon.nova-lite-v1:0'
const MB = 1_000_000
/** Where the part stands that is said again and again. */
const HERE = '(here)'
/** Bytes of one write, about. */
const WRITE_BYTES = 65_536

/** A body that need not be made whole to be sent: its client shall cost next to nothing. */
export interface LargeBody {
  readonly bytes: number
  readonly head: Buffer
  /** Stands `times` times between head and tail. */
  readonly part: Buffer
  readonly times: number
  readonly tail: Buffer
}

const ask = (content: unknown, more: object = {}) =>
  JSON.stringify({ model: MODEL, messages: [{ role: 'user', content }], ...more })
const call = (args: string) =>
  JSON.stringify({
    model: MODEL,
    tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }],
    messages: [
      { role: 'user', content: 'q' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: args } }] },
      { role: 'tool', tool_call_id: 'c', content: 'r' }
    ]
  })

/** Large bodies, by how many megabytes they are. */
export const LARGE_BODIES: readonly { readonly name: string; readonly make: (megabytes: number) => LargeBody }[] = [
  { name: 'text', make: (mb) => repeated(ask(HERE), 'a', mb) },
  { name: 'text beyond Latin-1', make: (mb) => repeated(ask(HERE), '語', mb) },
  { name: 'text of escapes', make: (mb) => repeated(ask(HERE), '\\"', mb) },
  {
    name: 'many parts',
    make: (mb) => repeated(ask([HERE, { type: 'text', text: 'a' }]).replace(`"${HERE}"`, HERE), partOf((mb * MB) / 4000), mb)
  },
  {
    name: 'an image',
    make: (mb) =>
      repeated(ask([{ type: 'image_url', image_url: { url: `data:image/png;base64,iVBORw0KGgoA${HERE}` } }]), 'AAAA', mb)
  },
  { name: 'numbers', make: (mb) => repeated(ask('a', { zz: [HERE, 1] }).replace(`"${HERE}",`, HERE), '1,', mb) },
  { name: 'brackets', make: (mb) => repeated(ask('a', { zz: [HERE, 1] }).replace(`"${HERE}",`, HERE), '[],', mb) },
  { name: 'arguments of brackets', make: (mb) => repeated(call(`{"a":[${HERE}1]}`), '[],', mb) },
  { name: 'arguments of numbers', make: (mb) => repeated(call(`{"a":[${HERE}1]}`), '1,', mb) },
  { name: 'objects in a row as arguments', make: (mb) => repeated(call(HERE), '{}', mb) }
]

/** Small ones, as the tests of hostile input have them. */
export const SMALL_BODIES: readonly string[] = HOSTILE_BODIES.map(({ body }) => body)

/** One part of a message, of so many bytes and the comma behind it. */
function partOf(bytes: number): string {
  return `${JSON.stringify({ type: 'text', text: 'a'.repeat(bytes) })},`
}

function repeated(json: string, said: string, megabytes: number): LargeBody {
  const [before = '', behind = ''] = json.split(HERE)
  const once = Buffer.from(said)
  const part = Buffer.from(said.repeat(Math.max(1, Math.floor(WRITE_BYTES / once.length))))
  const [head, tail] = [Buffer.from(before), Buffer.from(behind)]
  const times = Math.max(1, Math.floor((megabytes * MB) / part.length))
  return { bytes: head.length + part.length * times + tail.length, head, part, times, tail }
}
