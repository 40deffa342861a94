import fc from 'fast-check'
import t from 'tap'
import { mendStrings, toJson } from '../../src/core/json.ts'

/** Of ECMAScript 2026 and of Node 24; the compiler's library does not know it yet. */
const { rawJSON } = JSON as unknown as { rawJSON(json: string): object }

const text = fc
  .array(fc.constantFrom('\ud83d', '\ude00', '😀', '\\', '\\\\', '\\ud83d', 'u', '\n', '"', 'é', 'plain'), { maxLength: 12 })
  .map((pieces) => pieces.join(''))

t.test('F35: a value is written as the JSON of its strings made whole', async () => {
  fc.assert(
    fc.property(text, text, (name, member) => {
      const expected = JSON.stringify({ [name.toWellFormed()]: [member.toWellFormed()] })
      return JSON.stringify(JSON.parse(toJson({ [name]: [member] }))) === expected
    }),
    { numRuns: 5000 }
  )
})

t.test('F35: escapes that were written as they are lose their halves alone', async (t) => {
  const rows = {
    '"\\ud83d\\ude00"': '😀',
    '"\\uD83D\\uDE00"': '😀',
    '"\\ud83d\\ud83d\\ude00"': '\ufffd😀',
    '"\\\\ud83d\\udc00"': '\\ud83d\ufffd',
    '"\\ude00\\ude00"': '\ufffd\ufffd',
    '"\\ud83d\\\\ude00"': '\ufffd\\ude00'
  }
  for (const [json, whole] of Object.entries(rows)) t.equal(JSON.parse(toJson(rawJSON(json))), whole, json)
})

t.test('F35: what was just parsed is made whole in place', async () => {
  fc.assert(
    fc.property(text, text, (name, member) => {
      const value = { list: [member, { [name]: member }], [name]: 1 }
      mendStrings(value)
      const whole = { list: [member.toWellFormed(), { [name.toWellFormed()]: member.toWellFormed() }], [name.toWellFormed()]: 1 }
      return JSON.stringify(sorted(value)) === JSON.stringify(sorted(whole))
    })
  )
})

const sorted = (value: object) => Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
