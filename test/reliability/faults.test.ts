import { readFile, writeFile } from 'node:fs/promises'
import t, { type Test } from 'tap'
import { FAULTS } from '../../src/standin/faults.ts'
import { type Built, build } from '../support/helper.ts'
import { type Saw, see } from './saw.ts'
import { faultTable, type Row, withTable } from './table.ts'

const PAGE = new URL('../../docs/reliability.md', import.meta.url)

const refused = (status: number, error: string, calls: number, retryAfter?: string): Saw => ({
  status,
  error,
  calls,
  ...(retryAfter === undefined ? {} : { retryAfter })
})
const broken = (error: string, calls = 1): Saw => ({ status: 200, error, done: false, calls })
const whole: readonly [Saw, Saw] = [
  { status: 200, done: true, calls: 1 },
  { status: 200, calls: 1 }
]
const both = (saw: Saw): readonly [Saw, Saw] => [saw, saw]

const throttled = both(refused(429, 'rate_limit_exceeded', 3, '5'))
const failed = both(refused(502, 'upstream_error', 3))
const away = both(refused(503, 'server_is_overloaded', 3, '5'))
const ownKey = both(refused(502, 'upstream_auth', 2))
/** A stream that breaks in the middle; the whole answer of the same fault fails before anything was sent, so it is asked again. */
const damaged: readonly [Saw, Saw] = [broken('upstream_stream_error'), refused(502, 'upstream_error', 3)]

/**
 * What the contract promises: streaming, and not. A call is made again up to three times in all while the caller has seen nothing;
 * what cannot pass is not made again; credentials are renewed once; after the first event nothing is called again.
 */
const PROMISED: Readonly<Record<string, readonly [Saw, Saw]>> = {
  throttling: throttled,
  'throttling-tokens': throttled,
  'throttling-day': both(refused(429, 'insufficient_quota', 1, '60')),
  'throttling-retry-after': both(refused(429, 'rate_limit_exceeded', 3, '1')),
  validation: both(refused(400, 'invalid_request_error', 1)),
  'input-too-long': both(refused(400, 'context_length_exceeded', 1)),
  'access-denied': both(refused(403, 'access_denied', 1)),
  'search-denied': both(refused(403, 'access_denied', 1)),
  'expired-token': ownKey,
  'unrecognized-client': ownKey,
  'not-found': both(refused(404, 'model_not_found', 1)),
  'model-timeout': both(refused(504, 'upstream_timeout', 3)),
  quota: both(refused(429, 'insufficient_quota', 1, '60')),
  'model-error': failed,
  'model-not-ready': away,
  internal: failed,
  unavailable: away,
  'bad-gateway-html': failed,
  'overloaded-529': both(refused(503, 'server_is_overloaded', 3, '1')),
  'first-frame-throttling': throttled,
  'first-frame-validation': both(refused(400, 'context_length_exceeded', 1)),
  'first-frame-internal': failed,
  'mid-stream-throttling': [broken('rate_limit_exceeded'), throttled[1]],
  'mid-stream-internal': damaged,
  'mid-stream-model-error': damaged,
  'mid-stream-unavailable': [broken('server_is_overloaded'), away[1]],
  'mid-stream-error-message': damaged,
  // Converse has no such frame: there it is one that nobody knows.
  'in-band-overloaded': [broken('upstream_stream_error'), away[1]],
  'eof-no-stop': damaged,
  'eof-mid-frame': damaged,
  'bad-prelude-crc': damaged,
  'bad-message-crc': damaged,
  'lying-length': damaged,
  'reset-before-headers': failed,
  'reset-after-headers': failed,
  'reset-mid-stream': damaged,
  'unknown-event': whole,
  'unknown-fields': whole,
  'event-64k': whole,
  'cache-drop': whole,
  'double-count': whole,
  'no-details': whole,
  'no-usage': whole,
  'no-output': [refused(502, 'upstream_stream_error', 3), refused(502, 'upstream_error', 3)],
  'token-bucket': throttled
}

/** These move so many bytes that they are asked one after the other. */
const BIG: Readonly<Record<string, readonly [Saw, Saw]>> = { 'event-16m': whole, 'stream-200m': whole }

/** With a gateway that waits less long than the stand-in hangs. The time of a request is one for all of its calls. */
const HANGS: Readonly<Record<string, readonly [Saw, Saw]>> = {
  'hang-before-headers': both(refused(504, 'upstream_timeout', 1)),
  'hang-after-headers': both(refused(504, 'upstream_timeout', 1)),
  'hang-mid-stream': [broken('upstream_timeout'), refused(504, 'upstream_timeout', 1)],
  'slow-first-event': both(refused(504, 'upstream_timeout', 1))
}

/** With a gateway that commits to 200 sooner than the stand-in speaks or resets. */
const COMMITTED: Readonly<Record<string, readonly [Saw, Saw]>> = {
  'slow-first-event': [{ status: 200, done: true, waited: true, calls: 1 }, whole[1]],
  'hang-after-headers': [{ ...broken('upstream_error', 3), waited: true }, refused(502, 'upstream_error', 3)]
}

const rows: Row[] = []

async function prove(t: Test, gateway: Built, promised: Readonly<Record<string, readonly [Saw, Saw]>>, note = '') {
  await Promise.all(
    Object.entries(promised).map(async ([fault, [stream, unary]]) => {
      const model = `standin.fault-${fault}`
      const [streamed, plain] = await Promise.all([see(gateway, model, true), see(gateway, model, false)])
      t.strictSame(streamed, stream, `${fault}, streaming`)
      t.strictSame(plain, unary, `${fault}, not streaming`)
      rows.push({ fault: `\`${fault}\`${note}`, stream: streamed, unary: plain })
    })
  )
}

t.test('every fault of the stand-in has a row', async (t) => {
  const named = [PROMISED, BIG, HANGS].flatMap((part) => Object.keys(part))
  t.strictSame(named.toSorted(), Object.keys(FAULTS).toSorted())
})

t.test('what fails at once is told by its status before the first event, and by an error event after it', async (t) => {
  const gateway = await build(t)
  await see(gateway, 'standin.fault-token-bucket', false, { max_tokens: 9000 }) // fills the bucket
  await prove(t, gateway, PROMISED)
})

t.test('answers of any size come whole', { timeout: 120_000 }, async (t) => {
  const gateway = await build(t)
  for (const [fault, promised] of Object.entries(BIG)) await prove(t, gateway, { [fault]: promised })
})

t.test('silence ends when the time for it is over', async (t) => {
  const gateway = await build(t, { UPSTREAM_FIRST_EVENT_TIMEOUT_MS: '800', UPSTREAM_IDLE_TIMEOUT_MS: '800' })
  await prove(t, gateway, HANGS)
})

t.test('a stream that is committed to says so with a comment, and fails by an error event', async (t) => {
  const gateway = await build(t, { STREAM_COMMIT_MS: '200' }, { hangMs: 1000 })
  await prove(t, gateway, COMMITTED, ', after `STREAM_COMMIT_MS`')
})

t.test('docs/reliability.md holds this table', async (t) => {
  const order = [...Object.keys(FAULTS).map((fault) => `\`${fault}\``), ...rows.map((row) => row.fault).toSorted()]
  const sorted = rows.toSorted((one, other) => order.indexOf(one.fault) - order.indexOf(other.fault))
  const page = await readFile(PAGE, 'utf8')
  const fresh = withTable(page, faultTable(sorted))
  if (process.env.UPDATE_DOCS) await writeFile(PAGE, fresh)
  else t.equal(page, fresh, 'UPDATE_DOCS=1 writes it anew')
})
