import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { CREDENTIALS } from '../../src/standin/options.ts'

/** The variables of the credentials that the container's endpoint stands in for. */
export const OWN_KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']

/** The container's credentials endpoint, how it behaves from now on, and the variables that lead the gateway to it. */
export async function credentialsEndpoint(t: Test, from: { readonly hangs?: boolean; readonly ttlMs?: number } = {}) {
  const state = {
    hangs: from.hangs ?? false,
    ttlMs: from.ttlMs ?? 3_600_000,
    delayMs: 0,
    status: 200,
    secret: CREDENTIALS.secretAccessKey as string,
    fetches: 0
  }
  const server = createServer(async (_request, response) => {
    state.fetches++
    if (state.hangs) return
    await new Promise((resolve) => setTimeout(resolve, state.delayMs))
    response.writeHead(state.status, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({
        AccessKeyId: CREDENTIALS.containerAccessKeyId,
        SecretAccessKey: state.secret,
        Token: CREDENTIALS.sessionToken,
        Expiration: new Date(Date.now() + state.ttlMs).toISOString()
      })
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/credentials`
  return { state, env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'token' } }
}
