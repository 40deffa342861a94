import fc from 'fast-check'
import t from 'tap'
import { cleanBase64, parseDataUrl } from '../../../src/dialects/openai/data-url.ts'

const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((array) => Buffer.from(array))
const BLANKS = fc.constantFrom('', '\n', '\r\n', ' ', '\t', '%0A', '%0D%0A')

/** The same bytes as base64 is written in the wild: either alphabet, with padding or without, in lines. */
const WRITTEN = fc
  .record({
    bytes,
    url: fc.boolean(),
    bare: fc.boolean(),
    percent: fc.boolean(),
    every: fc.integer({ min: 1, max: 80 }),
    blank: BLANKS
  })
  .map(({ bytes, url, bare, percent, every, blank }) => {
    const standard = bytes.toString('base64')
    const letters = url ? standard.replaceAll('+', '-').replaceAll('/', '_') : standard
    const unpadded = bare ? letters.replace(/=+$/, '') : percent ? letters.replaceAll('=', '%3D') : letters
    // A line may end inside a character written in percent only by mistake.
    const lines = unpadded.includes('%') ? [unpadded] : (unpadded.match(new RegExp(`.{1,${every}}`, 'g')) ?? [])
    return { standard, written: lines.join(blank) + blank }
  })

t.test('S13: however base64 is written, it is the base64 of the same bytes', async () => {
  fc.assert(
    fc.property(WRITTEN, ({ standard, written }) => cleanBase64(written) === standard),
    { numRuns: 2000 }
  )
})

t.test('what holds a character of no alphabet is no base64', async () => {
  const strange = fc.constantFrom('$', '\u0141', '.', '\0', '\ud83d', '😀', 'é', '=')
  fc.assert(
    fc.property(bytes, fc.boolean(), strange, fc.nat(), (data, url, mark, place) => {
      const text = data.toString(url ? 'base64url' : 'base64').replace(/=+$/, '')
      const at = place % text.length
      return cleanBase64(`${text.slice(0, at)}${mark}${text.slice(at)}`) === undefined
    }),
    { numRuns: 2000 }
  )
})

t.test('a data URL without base64 is the bytes that it is written as', async () => {
  fc.assert(
    fc.property(bytes, (data) => {
      const percent = [...data].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
      return parseDataUrl(`data:text/plain,${percent}`)?.base64 === data.toString('base64')
    })
  )
  t.equal(parseDataUrl('data:,100% of 50%2 %zz é')?.base64, Buffer.from('100% of 50%2 %zz é').toString('base64'))
})
