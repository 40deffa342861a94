import { parseArgs } from 'node:util'
import { CREDENTIALS, type Framing } from './options.ts'
import { startStandin } from './server.ts'

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '9090' },
    seed: { type: 'string', default: '1' },
    framing: { type: 'string', default: 'whole' },
    'no-auth': { type: 'boolean', default: false },
    chaos: { type: 'boolean', default: false },
    parameter: { type: 'string', multiple: true, default: [] },
    secret: { type: 'string', multiple: true, default: [] }
  }
})

/** `NAME=VALUE`, as given on the command line. */
const pairs = (given: readonly string[]) => Object.fromEntries(given.map((pair) => pair.split(/=(.*)/s)))

const standin = await startStandin({
  host: values.host,
  port: Number(values.port),
  seed: Number(values.seed),
  framing: values.framing as Framing,
  auth: values['no-auth'] ? 'off' : 'check',
  chaos: values.chaos,
  ...(values.parameter.length > 0 && { parameters: pairs(values.parameter) }),
  ...(values.secret.length > 0 && { secrets: pairs(values.secret) })
})

console.log(`# Bedrock stand-in on ${standin.url}: synthetic answers, no AWS. Set these to call it:`)
for (const [name, value] of Object.entries(standin.env)) console.log(`export ${name}=${value}`)
console.log(`# or, for Bedrock alone, AWS_BEARER_TOKEN_BEDROCK=${CREDENTIALS.bearerKey}`)
if (values['no-auth']) console.warn('# --no-auth: signatures are NOT checked')

// Nobody reads the record here, and a long run must not fill memory with it.
setInterval(() => standin.requests.splice(0), 1000).unref()

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void standin.close().then(() => process.exit(0)))
}
