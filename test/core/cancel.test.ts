import t from 'tap'
import { type Cancel, Canceller, signalOf } from '../../src/core/cancel.ts'

/** The same must hold for ours and for Node's. */
const KINDS: readonly [string, () => { cancel: Cancel; abort: (reason: unknown) => void }][] = [
  [
    'ours',
    () => {
      const cancel = new Canceller()
      return { cancel, abort: (reason) => cancel.abort(reason) }
    }
  ],
  [
    "Node's",
    () => {
      const controller = new AbortController()
      return { cancel: controller.signal, abort: (reason) => controller.abort(reason) }
    }
  ]
]

for (const [kind, make] of KINDS)
  t.test(`${kind}: all who listen hear of the first abort, once`, async (t) => {
    const { cancel, abort } = make()
    const heard: string[] = []
    const deaf = () => heard.push('removed')
    cancel.addEventListener('abort', () => heard.push(`first ${cancel.reason}`))
    cancel.addEventListener('abort', deaf)
    cancel.addEventListener('abort', () => heard.push(`second ${cancel.reason}`))
    cancel.removeEventListener('abort', deaf)
    t.equal(cancel.aborted, false)
    abort('left')
    abort('again')
    cancel.addEventListener('abort', () => heard.push('late'))
    t.strictSame([cancel.aborted, cancel.reason, heard], [true, 'left', ['first left', 'second left']])
  })

t.test("one becomes Node's own signal, before and after the abort", async (t) => {
  const cancel = new Canceller()
  const before = signalOf(cancel)
  t.equal(before.aborted, false)
  cancel.abort('left')
  const after = signalOf(cancel)
  t.strictSame([before.aborted, before.reason, after.aborted, after.reason], [true, 'left', true, 'left'])
  t.equal(signalOf(before), before)
})
