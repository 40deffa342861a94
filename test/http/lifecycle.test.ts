import { connect } from 'node:net'
import t from 'tap'
import { build } from '../support/helper.ts'

t.test('a connection that a client opened in advance does not hold up the end of the process', async (t) => {
  const { app, base } = await build(t)
  const { port } = new URL(base)
  const socket = connect(Number(port), '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await new Promise((resolve) => setTimeout(resolve, 50)) // until the gateway has taken it
  const began = performance.now()
  await app.close()
  await closed
  t.ok(performance.now() - began < 5000)
})
