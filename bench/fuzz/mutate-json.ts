import type { Random } from '../../src/standin/random.ts'

type Value = unknown
type Holder = Record<string, Value> | Value[]

const KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'type',
  'role',
  'content',
  'text',
  'id',
  'name',
  'function',
  'url',
  'extra_body',
  '',
  '\ud800'
]

/** Values that break careless code. */
function oddValue(random: Random): Value {
  const values: readonly (() => Value)[] = [
    () => null,
    () => true,
    () => false,
    () => random.between(-2, 3),
    () => [1e308, -1e308, 1e-320, 2 ** 53, 0.1, -0, 4294967296][random.between(0, 6)],
    () => '',
    () => ' ',
    () => random.word(random.between(1, 80)),
    () => '\u0000\ud83d"\\\u2028',
    () => 'x'.repeat(random.between(1, 20_000)),
    () =>
      ['user', 'assistant', 'system', 'tool', 'auto', 'required', 'json_schema', 'data:image/png;base64,AA=='][
        random.between(0, 7)
      ],
    () => [],
    () => ({}),
    () => [[]],
    () => Array.from({ length: random.between(1, 50) }, () => random.word(3)),
    () => ({ [key(random)]: random.next() < 0.5 ? oddValue(random) : {} }),
    () => deep(random.between(1, 300))
  ]
  return values[random.between(0, values.length - 1)]!()
}

const key = (random: Random) => KEYS[random.between(0, KEYS.length - 1)]!

function deep(levels: number): Value {
  let value: Value = 1
  for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { a: value }
  return value
}

/** Every object and list inside a value. */
function holders(value: Value, found: Holder[] = []): Holder[] {
  if (typeof value !== 'object' || value === null) return found
  found.push(value as Holder)
  for (const member of Object.values(value)) holders(member, found)
  return found
}

function changeOne(body: object, random: Random): void {
  const all = holders(body)
  const holder = all[random.between(0, all.length - 1)]!
  const keys = Object.keys(holder)
  const name = keys[random.between(0, Math.max(0, keys.length - 1))]
  const record = holder as Record<string, Value>
  const choice = random.between(0, 4)
  if (name === undefined || choice === 0) return void define(record, Array.isArray(holder) ? '0' : key(random), oddValue(random))
  if (choice === 1) return void Reflect.deleteProperty(record, name)
  if (choice === 2 && Array.isArray(holder))
    return void holder.push(structuredClone(holder[random.between(0, holder.length - 1)]))
  if (choice === 3) {
    const other = all[random.between(0, all.length - 1)]
    return void define(record, name, structuredClone(other))
  }
  define(record, name, oddValue(random))
}

/** Sets a member also where its name is `__proto__`. */
function define(holder: Record<string, Value>, name: string, value: Value): void {
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true })
}

/** Changes one or two members of a body, and in one of ten cases its text too. */
export function mutateJson(body: object, random: Random): Buffer {
  const made = structuredClone(body)
  for (let left = random.between(1, 2); left > 0; left--) changeOne(made, random)
  const bytes = Buffer.from(JSON.stringify(made))
  if (random.next() > 0.1) return bytes
  const at = random.between(0, bytes.length - 1)
  const cut = random.between(0, 3)
  if (cut === 0) return bytes.subarray(0, at)
  if (cut === 1) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - random.between(1, 40)))])
  if (cut === 2) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.between(1, 20))])
  bytes.writeUInt8(random.between(0, 255), at)
  return bytes
}
