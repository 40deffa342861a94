/** A way to make one value of a body large. */
export interface Growth {
  readonly name: string
  /** JSON of about so many bytes in place of `old`. */
  make(old: unknown, bytes: number): string
}

/** What a text grows by, behind what it was: each of them is special to somebody who reads it. */
const PIECES: Readonly<Record<string, string>> = {
  letters: 'a',
  blanks: ' ',
  lines: '\n',
  commas: ',',
  'letters and commas': 'a,',
  semicolons: ';',
  quotes: '"',
  backslashes: '\\',
  'escaped slashes': '\\/',
  slashes: '/',
  'steps of a pointer': '/~1%41',
  'percent signs': '%',
  'percent escapes': '%41',
  'the URL alphabet': '-_',
  'equal signs': '=',
  dots: '.',
  colons: 'a:',
  digits: '1',
  'empty objects': '{}',
  'small objects': '{"a":1}',
  'opened lists': '[',
  'opened objects': '{"a":',
  'opened braces': '{',
  'closed braces': '}',
  parentheses: '(',
  stars: 'a*',
  'reasoning tags': '<think>',
  hyphens: 'a-',
  'accented letters': 'é',
  'letters beyond Latin-1': '語',
  emoji: '😀',
  'halves of characters': '\ud83d',
  zeros: '\u0000',
  arns: 'arn:aws:bedrock:us-east-1:123456789012:',
  versions: 'v1:0/'
}

/** JSON inside a text. */
const INNER: Readonly<Record<string, (count: number) => string>> = {
  'text of deep lists': (bytes) => `{"a":${'['.repeat(bytes / 2)}${']'.repeat(bytes / 2)}}`,
  'text of deep objects': (bytes) => `${'{"a":'.repeat(bytes / 6)}1${'}'.repeat(bytes / 6)}`,
  'text of numbers': (bytes) => `{"a":[1${',1'.repeat(bytes / 2)}]}`,
  'text of exact numbers': (bytes) => `{"a":[1.0${',1.0'.repeat(bytes / 4)}]}`,
  'text of long numbers': (bytes) => `{"a":[1${',12345678901234567890'.repeat(bytes / 21)}]}`,
  'text of one number': (bytes) => `{"a":${'1'.repeat(bytes)}}`,
  'text of empty lists': (bytes) => `{"a":[[]${',[]'.repeat(bytes / 3)}]}`,
  'text of names': (bytes) => `{${names(bytes / 12, () => '1')}}`,
  'text of strings': (bytes) => `{"a":[""${',""'.repeat(bytes / 3)}]}`,
  'a data URL of text': (bytes) => `data:text/plain,${'%41'.repeat(bytes / 3)}`,
  'a data URL in the URL alphabet': (bytes) => `data:image/png;base64,iVBORw0KGgo${'-_'.repeat(bytes / 2)}`,
  'a data URL with lines': (bytes) => `data:image/png;base64,iVBORw0KGgo${'AAAA\n'.repeat(bytes / 5)}`,
  'a data URL of parameters': (bytes) => `data:${'a;'.repeat(bytes / 2)}base64,AAAA`,
  'an address': (bytes) => `https://a.example/${'a/../'.repeat(bytes / 5)}`,
  'a place in S3': (bytes) => `s3://${'a/'.repeat(bytes / 2)}`
}

const names = (count: number, value: (at: number) => string) =>
  Array.from({ length: Math.max(1, Math.floor(count)) }, (_, at) => `"k${at}":${value(at)}`).join(',')

/** A list of so many bytes. */
const listOf = (bytes: number, item: (at: number) => string) => {
  const count = Math.max(1, Math.floor(bytes / (item(100).length + 1)))
  return `[${Array.from({ length: count }, (_, at) => item(at)).join(',')}]`
}

/** A value like this one whose every string is its own. */
function distinct(value: unknown, at: number): unknown {
  if (typeof value === 'string') return KEPT.has(value) ? value : `${value}${at}`
  if (Array.isArray(value)) return value.map((item) => distinct(item, at))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, name === 'type' || name === 'role' ? member : distinct(member, at)])
  )
}
const KEPT = new Set(['auto', 'any', 'ephemeral', 'base64', 'string', 'object', 'integer', 'image/png', '{"city":"Bern"}'])

const LEVELS = 200
/** Towers of lists or objects, side by side. */
const towers = (bytes: number, open: string, close: string) =>
  listOf(bytes, () => `${open.repeat(LEVELS)}1${close.repeat(LEVELS)}`)

const firstOf = (old: unknown) =>
  (Array.isArray(old) ? old[0] : typeof old === 'object' && old ? Object.values(old)[0] : old) ?? 'a'
const json = (value: unknown) => JSON.stringify(value)
const objectWith = (old: unknown, members: string) => {
  const own = typeof old === 'object' && old !== null && !Array.isArray(old) ? json(old).slice(1, -1) : ''
  return `{${own}${own === '' ? '' : ','}${members}}`
}

/** Definitions that lead to one another, in a schema that begins with the first. */
const chain = (count: number, link: (next: string) => string) =>
  `"$ref":"#/$defs/k0","$defs":{${names(count, (at) => link(`{"$ref":"#/$defs/k${at + 1}"}`))}}`

const HOLDERS: readonly Growth[] = [
  { name: 'the same again', make: (old, bytes) => listOf(bytes, () => json(firstOf(old))) },
  { name: 'others like it', make: (old, bytes) => listOf(bytes, (at) => json(distinct(firstOf(old), at))) },
  { name: 'the whole again', make: (old, bytes) => listOf(bytes, () => json(old)) },
  { name: 'texts', make: (_old, bytes) => listOf(bytes, () => '"a"') },
  { name: 'texts of their own', make: (_old, bytes) => listOf(bytes, (at) => `"a${at}"`) },
  { name: 'numbers', make: (_old, bytes) => listOf(bytes, () => '1') },
  { name: 'exact numbers', make: (_old, bytes) => listOf(bytes, () => '1.0') },
  { name: 'empty lists', make: (_old, bytes) => listOf(bytes, () => '[]') },
  { name: 'empty objects', make: (_old, bytes) => listOf(bytes, () => '{}') },
  { name: 'nothings', make: (_old, bytes) => listOf(bytes, () => 'null') },
  {
    name: 'names',
    make: (old, bytes) =>
      objectWith(
        old,
        names(bytes / 10, () => '1')
      )
  },
  {
    name: 'names of such',
    make: (old, bytes) =>
      objectWith(
        old,
        names(bytes / (json(firstOf(old)).length + 9), () => json(firstOf(old)))
      )
  },
  { name: 'odd names', make: (old, bytes) => objectWith(old, names(bytes / 14, () => '"é"').replaceAll('"k', '"k ä')) },
  { name: 'a long name', make: (old, bytes) => objectWith(old, `"${'a b'.repeat(bytes / 3)}":1`) },
  { name: 'towers of lists', make: (_old, bytes) => towers(bytes, '[', ']') },
  { name: 'towers of objects', make: (_old, bytes) => towers(bytes, '{"a":', '}') },
  { name: 'towers of schemas', make: (_old, bytes) => `{"anyOf":${towers(bytes, '{"items":', '}')}}` },
  {
    name: 'properties',
    make: (_old, bytes) => `{"type":"object","properties":{${names(bytes / 25, () => '{"type":"string"}')}}}`
  },
  {
    name: 'odd properties',
    make: (_old, bytes) =>
      `{"type":"object","properties":{${names(bytes / 27, () => '{"type":"string"}').replaceAll('"k', '"k ä')}}}`
  },
  {
    name: 'required names',
    make: (_old, bytes) => `{"type":"object","properties":{},"required":${listOf(bytes, (at) => `"a${at}"`)}}`
  },
  {
    name: 'alternatives',
    make: (_old, bytes) => `{"anyOf":${listOf(bytes, (at) => `{"properties":{"a${at}":{}},"required":["a${at}"]}`)}}`
  },
  { name: 'all of many', make: (_old, bytes) => `{"allOf":${listOf(bytes, (at) => `{"properties":{"a":{"const":${at}}}}`)}}` },
  { name: 'patterns', make: (_old, bytes) => `{"properties":{${names(bytes / 30, () => '{"pattern":"^(a|b)*$"}')}}}` },
  { name: 'a long pattern', make: (_old, bytes) => `{"properties":{"a":{"pattern":"${'(a|b)*'.repeat(bytes / 6)}"}}}` },
  { name: 'one of many', make: (_old, bytes) => `{"enum":${listOf(bytes, (at) => `"a${at}"`)}}` },
  { name: 'a chain of references', make: (_old, bytes) => `{${chain(bytes / 30, (next) => next)}}` },
  {
    name: 'a chain of compositions',
    make: (_old, bytes) => `{${chain(bytes / 60, (next) => `{"allOf":[${next}],"properties":{"a":{}}}`)}}`
  },
  {
    name: 'a chain of properties',
    make: (_old, bytes) => `{${chain(bytes / 60, (next) => `{"properties":{"a":${next},"b":${next}}}`)}}`
  },
  {
    name: 'references to one',
    make: (_old, bytes) =>
      `{"$defs":{"d":{"properties":{"a":{}}}},"properties":{${names(bytes / 28, () => '{"$ref":"#/$defs/d"}')}}}`
  },
  { name: 'a long reference', make: (_old, bytes) => `{"$ref":"#${'/a'.repeat(bytes / 2)}"}` },
  { name: 'digits', make: (_old, bytes) => '1'.repeat(bytes) },
  { name: 'decimals', make: (_old, bytes) => `0.${'1'.repeat(bytes)}` },
  { name: 'an exponent', make: (_old, bytes) => `1e${'1'.repeat(bytes)}` }
]

const TEXTS: readonly Growth[] = [
  ...Object.entries(PIECES).map(([name, piece]) => ({
    name,
    make: (old: unknown, bytes: number) => {
      const count = Math.max(1, Math.floor(bytes / (Buffer.byteLength(json(piece)) - 2)))
      return json(`${typeof old === 'string' ? old : ''}${piece.repeat(count)}`)
    }
  })),
  ...Object.entries(INNER).map(([name, make]) => ({
    name,
    make: (_old: unknown, bytes: number) => json(make(Math.floor(bytes)))
  }))
]

/** All of them. */
export const GROWTHS: readonly Growth[] = [...TEXTS, ...HOLDERS]

const OF_TEXT = new Set(TEXTS)

/** Whether what grows is of the kind of what stands there; another kind is mostly refused at once. */
export function isOfKind(growth: Growth, old: unknown): boolean {
  return typeof old === 'string' ? OF_TEXT.has(growth) : !OF_TEXT.has(growth)
}
