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

const MISSPELT: readonly (readonly [string, object, RegExp])[] = [
  ['model for models', { model: ['anthropic.*'] }, /keys\/0\/model: .*"models"/],
  ['expire for expires', { expire: '2027-01-01' }, /keys\/0\/expire: .*"expires"/],
  ['request_per_minute for requests_per_minute', { request_per_minute: 1 }, /request_per_minute: .*"requests_per_minute"/],
  ['a member that is near nothing', { colour: 'red' }, /keys\/0\/colour: no such member/],
  ['a negative limit', { max_concurrent: -1 }, /max_concurrent/],
  ['a limit in words', { tokens_per_minute: '100' }, /tokens_per_minute/],
  ['models as one text', { models: 'anthropic.*' }, /models/],
  ['a day that no calendar has', { expires: '2027-02-30' }, /expires is not a date/],
  ['a date in words', { expires: 'next year' }, /expires is not a date/]
]
for (const [name, members, message] of MISSPELT) {
  t.test(`S20: a key set with ${name} is refused, and says why without the key`, async (t) => {
    const text = JSON.stringify({ keys: [{ name: 'a', key: 'sk-secret', ...members }] })
    t.throws(() => parseKeySet(text, 'S'), { message })
    t.throws(() => parseKeySet(text, 'S'), { message: /^(?!.*sk-secret)/s })
  })
}

t.test('S20: all that is wrong with a key set is told at once', async (t) => {
  const text = JSON.stringify({ key: [], keys: [{ name: 'a', key: 'k', model: [], expire: '' }] })
  t.throws(() => parseKeySet(text, 'S'), { message: /\/key: .*\/keys\/0\/model: .*\/keys\/0\/expire: /s })
})

t.test('S20: a restriction beside a bare key is no restriction, and is refused', async (t) => {
  t.throws(() => parseKeySet('{"api_key":"k","models":["anthropic.*"]}', 'S'), { message: /"models" beside a bare key/ })
  t.throws(() => parseKeySet('{"api_key":"k","expire":"2027-01-01"}', 'S'), { message: /"expire" beside a bare key/ })
  t.equal(findKey(parseKeySet('{"api_key":"k","username":"u","description":"d"}', 'S'), 'k', 0)?.name, 'default')
})

t.test('S21: one key under two names is refused by the names, however it is written', async (t) => {
  const sha256 = createHash('sha256').update('one').digest('hex').toUpperCase()
  const text = JSON.stringify({
    keys: [
      { name: 'a', key: 'one' },
      { name: 'b', sha256 }
    ]
  })
  t.throws(() => parseKeySet(text, 'S'), { message: /"a" and "b" are the same key/ })
  t.throws(() => parseKeySet(text, 'S'), { message: /^(?!.*one\b(?! of))/ })
})
