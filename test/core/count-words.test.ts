import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import t from 'tap'
import { countWords } from '../../src/core/count-words.ts'

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

const TEXTS: readonly string[] = [
  file('docs/reliability.md'),
  file('src/bedrock/bedrock.ts'),
  file('package.json'),
  '模型的提示词缓存可以减少延迟和成本。我们在每个请求中都标记了系统提示的末尾，因此后续请求只需要读取缓存。'.repeat(5),
  'Модель отвечает быстрее, если начало запроса уже лежит в кэше, и стоит это заметно дешевле для всех.'.repeat(5),
  'Die Größe der Überschrift hängt natürlich von der Länge des Textes und der Schriftart ab, die gewählt wurde.'.repeat(5)
]

t.test('words are counted about as o200k counts them, and not below', async (t) => {
  for (const text of TEXTS) {
    const ratio = countWords(text) / encode(text).length
    t.ok(ratio > 0.97 && ratio < 1.4, `${ratio} for ${text.slice(0, 20)}`)
  }
})

t.test('two texts that no word joins cost what each of them does', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      const sum = countWords(a) + countWords(b)
      return Math.abs(countWords(`${a}\u{10000}${b}`) - sum - countWords('\u{10000}')) < 1e-6
    })
  )
})
