import t from 'tap'
import { createCallerBreakers } from '../../../src/bedrock/run/caller-breakers.ts'

function failing(owner: string, times: number, isNobodysDoing = false, breakers = createCallerBreakers({ threshold: 3 })) {
  for (let at = 0; at < times; at++) breakers.of(owner).failed('place', isNobodysDoing)
  return breakers
}

t.test('S3: what one caller makes fail is closed to that caller alone', async (t) => {
  const breakers = failing('one', 10)
  t.notOk(breakers.of('one').admits('place'))
  t.ok(breakers.of('another').admits('place'))
  t.equal(breakers.of('another').waitMs('place'), 0)
})

t.test('S3: what no request can bring about closes it to all, with one key too', async (t) => {
  const breakers = failing('one', 3, true)
  t.notOk(breakers.of('one').admits('place'))
  t.notOk(breakers.of('another').admits('place'))
})

t.test('S3: what several callers meet since the last success closes it to all', async (t) => {
  const breakers = failing('one', 1)
  failing('another', 3, false, breakers)
  t.notOk(breakers.of('a third').admits('place'))
})
