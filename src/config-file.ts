import { readFile } from 'node:fs/promises'
import { sdkHandler } from './aws/sdk-http.ts'
import { ConfigError, readAws, readPlace } from './config.ts'

const INLINE = /^\{|\n|^[\w.-]+:(?:\s|$)/
const READ_MS = 10_000

/**
 * The document that `ADIT_CONFIG` names, YAML or JSON: a path, `ssm:` and the name or ARN of a parameter, or the document itself.
 * Undefined where the variable is not set. Throws ConfigError that tells the place and the line, never what stands there.
 */
export async function readConfigFile(place: string | undefined = readPlace()): Promise<unknown> {
  if (place === undefined) return undefined
  if (place.startsWith('ssm:'))
    return parse(await fromParameterStore(place.slice('ssm:'.length)), `the SSM parameter of ADIT_CONFIG`)
  if (INLINE.test(place)) return parse(place, 'ADIT_CONFIG')
  return parse(await readFile(place, 'utf8').catch(unreadable(`the file of ADIT_CONFIG`)), 'the file of ADIT_CONFIG')
}

async function parse(text: string, name: string): Promise<unknown> {
  const { LineCounter, parseDocument } = await import('yaml')
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false })
  if (document.errors.length > 0) {
    // its own messages quote the text
    const faults = document.errors.map(({ code, pos }) => {
      const { line, col } = lineCounter.linePos(pos[0])
      return `${name} is no YAML or JSON: line ${line}, column ${col}: ${code.toLowerCase().replaceAll('_', ' ')}`
    })
    throw new ConfigError(faults)
  }
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {}
  } catch {
    throw new ConfigError([`${name} has an alias that cannot be resolved`])
  }
}

async function fromParameterStore(parameter: string): Promise<string> {
  const name = `the SSM parameter ${parameter} of ADIT_CONFIG`
  const variables = readAws()
  const { GetParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm')
  const region = /^arn:[^:]*:[^:]*:([^:]+):/.exec(parameter)?.[1] ?? variables.aws.region ?? variables.aws.defaultRegion
  const requestHandler = sdkHandler(variables)
  const client = new SSMClient({ ...(region === undefined ? {} : { region }), ...(requestHandler && { requestHandler }) })
  const found = await client
    .send(new GetParameterCommand({ Name: parameter, WithDecryption: true }), { abortSignal: AbortSignal.timeout(READ_MS) })
    .catch(unreadable(name))
  client.destroy()
  if (found.Parameter?.Value === undefined) throw new ConfigError([`${name} has no value`])
  return found.Parameter.Value
}

function unreadable(name: string): (error: unknown) => never {
  return (error) => {
    throw new ConfigError([
      `${name} cannot be read: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`
    ])
  }
}
