import { HOSTILE_BODIES } from '../../test/reliability/hostile-bodies.ts'

const MODEL = 'amazon.nova-lite-v1:0'
const MB = 1_000_000
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

/** Large bodies, by how much of the limit they fill; each is made when it is sent. */
export const LARGE_BODIES: readonly { readonly name: string; readonly make: (megabytes: number) => string }[] = [
  { name: 'text', make: (mb) => ask('a'.repeat(mb * MB)) },
  { name: 'text beyond Latin-1', make: (mb) => ask('語'.repeat((mb * MB) / 3)) },
  { name: 'text of escapes', make: (mb) => ask('"'.repeat((mb * MB) / 2)) },
  {
    name: 'many parts',
    make: (mb) => ask(Array.from({ length: 4000 }, () => ({ type: 'text', text: 'a'.repeat((mb * MB) / 4000) })))
  },
  {
    name: 'an image',
    make: (mb) => ask([{ type: 'image_url', image_url: { url: `data:image/png;base64,${'iVBORw0KGgo'.padEnd(mb * MB, 'A')}` } }])
  },
  { name: 'numbers', make: (mb) => ask('a', { zz: Array.from({ length: (mb * MB) / 2 }, () => 1) }) },
  { name: 'brackets', make: (mb) => `${ask('a').slice(0, -1)},"zz":[${'[],'.repeat((mb * MB) / 3)}1]}` },
  { name: 'arguments of brackets', make: (mb) => call(`{"a":[${'[],'.repeat((mb * MB) / 3)}1]}`) },
  { name: 'arguments of numbers', make: (mb) => call(`{"a":[${'1,'.repeat((mb * MB) / 2)}1]}`) },
  { name: 'objects in a row as arguments', make: (mb) => call('{}'.repeat((mb * MB) / 2)) }
]

/** Small ones, as the tests of hostile input have them. */
export const SMALL_BODIES: readonly string[] = HOSTILE_BODIES.map(({ body }) => body)
