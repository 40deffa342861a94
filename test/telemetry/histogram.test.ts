import { Registry } from 'prom-client'
import t from 'tap'
import { createHistogram } from '../../src/telemetry/histogram.ts'

t.test('values are counted up to each bound, the bound included, and summed', async (t) => {
  const registry = new Registry()
  const histogram = createHistogram<'model'>(registry, { name: 'waits_seconds', help: 'Waits', buckets: [0.5, 1] })
  for (const value of [0.25, 0.5, 0.75, 1, 8]) histogram.series({ model: 'a "b"' }).observe(value)
  t.equal(
    await registry.metrics(),
    `# HELP waits_seconds Waits
# TYPE waits_seconds histogram
waits_seconds_bucket{le="0.5",model="a \\"b\\""} 2
waits_seconds_bucket{le="1",model="a \\"b\\""} 4
waits_seconds_bucket{le="+Inf",model="a \\"b\\""} 5
waits_seconds_sum{model="a \\"b\\""} 10.5
waits_seconds_count{model="a \\"b\\""} 5
`
  )
})
