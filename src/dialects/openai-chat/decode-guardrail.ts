import type { Json, JsonObject } from '../../core/json.ts'
import type { Guardrail } from '../../core/request.ts'
import { present } from '../openai/present.ts'
import { optionalChoice, optionalString } from '../openai/read-value.ts'
import { missing } from '../openai/refuse.ts'
import type { ChatFields } from './fields.ts'

const TRACES = ['enabled', 'disabled', 'enabled_full'] as const
const STREAM_MODES = ['sync', 'async'] as const

/** Reads `guardrail`, or `guardrailConfig` as Bedrock spells it. */
export function decodeGuardrail(fields: ChatFields): Guardrail | undefined {
  for (const field of ['guardrail', 'guardrailConfig'] as const) {
    const given = fields.get(field)
    if (given !== undefined) return guardrailOf(given, fields.path(field))
  }
  return undefined
}

function guardrailOf(given: JsonObject, path: string): Guardrail {
  const identifier = optionalString(given.identifier ?? given.guardrailIdentifier, `${path}.identifier`)
  if (!identifier) throw missing(`${path}.identifier`)
  const version = optionalString(versionText(given.version ?? given.guardrailVersion), `${path}.version`)
  if (!version) throw missing(`${path}.version`)
  const mode = given.stream_processing_mode ?? given.streamProcessingMode
  return present({
    identifier,
    version,
    trace: optionalChoice(lowered(given.trace), `${path}.trace`, TRACES),
    streamProcessingMode: optionalChoice(lowered(mode), `${path}.stream_processing_mode`, STREAM_MODES)
  })
}

function versionText(value: Json | undefined): Json | undefined {
  return typeof value === 'number' ? String(value) : value
}

function lowered(value: Json | undefined): Json | undefined {
  return typeof value === 'string' ? value.toLowerCase() : value
}

/** Reads the headers that Bedrock's own OpenAI surface takes; the body wins over them. */
export function decodeGuardrailHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>
): Guardrail | undefined {
  const identifier = filled(headers['x-amzn-bedrock-guardrailidentifier'])
  if (identifier === undefined) return undefined
  const version = filled(headers['x-amzn-bedrock-guardrailversion'])
  if (version === undefined) throw missing('X-Amzn-Bedrock-GuardrailVersion')
  const trace = optionalChoice(lowered(filled(headers['x-amzn-bedrock-trace'])), 'X-Amzn-Bedrock-Trace', TRACES)
  return present({ identifier, version, trace })
}

function filled(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' && header !== '' ? header : undefined
}
