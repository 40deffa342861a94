import { createHash } from 'node:crypto'
import t from 'tap'
import { findKey, parseKeySet } from '../../src/keys/key-set.ts'

t.test('a bare key works, with the newline that editors add', async (t) => {
  t.equal(findKey(parseKeySet('sk-abc\n', 'S'), 'sk-abc', 0)?.name, 'default')
})

t.test('the incumbent\'s secret {"api_key": "..."} works', async (t) => {
  t.equal(findKey(parseKeySet('{"api_key":"sk-abc\\n"}', 'S'), 'sk-abc', 0)?.name, 'default')
})

t.test('keys are known by their value or by their SHA-256', async (t) => {
  const sha256 = createHash('sha256').update('two').digest('hex')
  const set = parseKeySet(
    JSON.stringify({
      keys: [
        { name: 'a', key: 'one' },
        { name: 'b', sha256 }
      ]
    }),
    'S'
  )
  t.equal(findKey(set, 'one', 0)?.name, 'a')
  t.equal(findKey(set, 'two', 0)?.name, 'b')
  t.equal(findKey(set, 'three', 0), undefined)
  t.notMatch(JSON.stringify(set), 'one')
})

t.test('an expired key is a wrong key', async (t) => {
  const set = parseKeySet('{"keys":[{"name":"a","key":"one","expires":"2026-01-01T00:00:00Z"}]}', 'S')
  t.equal(findKey(set, 'one', Date.parse('2025-12-31'))?.name, 'a')
  t.equal(findKey(set, 'one', Date.parse('2026-01-01')), undefined)
})

const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  ['an empty source', ' \n', /S is empty/],
  ['broken JSON, without quoting it', '{"keys": [sk-secret', /^S begins like JSON but does not parse$/],
  ['a secret without the field, naming the field', '{"key":"x"}', /S.*"api_key"/],
  ['a key with both value and digest', `{"keys":[{"name":"a","key":"k","sha256":"${'0'.repeat(64)}"}]}`, /keys\[0\]/],
  ['a name used twice', '{"keys":[{"name":"a","key":"k"},{"name":"a","key":"l"}]}', /"a" is used twice/],
  ['a limit of zero', '{"keys":[{"name":"a","key":"k","requests_per_minute":0}]}', /keys\/0\/requests_per_minute/]
]
for (const [name, text, message] of REFUSED)
  t.test(`refuses ${name}`, async (t) => t.throws(() => parseKeySet(text, 'S'), { message }))
