import { isEmpty, isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { OutputFormat, ReasoningWish } from '../../core/request.ts'
import { present } from '../openai/present.ts'
import { reportUnknown } from './members.ts'
import { objectAt, optionalInteger, optionalObject, optionalString, optionalWord, stringAt } from './read-value.ts'
import { badValue, wrongTag } from './refuse.ts'
import type { Report } from './report.ts'

const TYPES = ['enabled', 'adaptive', 'disabled'] as const
const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const
/** The smallest budget that Anthropic takes. */
const LEAST_BUDGET = 1024

/** Reads how hard the model shall think: `thinking` and `output_config.effort`. */
export function decodeReasoning({ thinking, output_config }: JsonObject, report: Report): ReasoningWish | undefined {
  const output = optionalObject(output_config, 'output_config')
  const effort = optionalWord(output?.effort, 'output_config.effort', EFFORTS)
  if (isJsonObject(thinking)) reportUnknown(thinking, 'wish', 'thinking', report)
  const wish: ReasoningWish = {
    ...(effort === undefined ? {} : { effort }),
    ...decodeThinking(optionalObject(thinking, 'thinking'))
  }
  return isEmpty(wish) ? undefined : { ...wish, isLiteral: true }
}

function decodeThinking(thinking: JsonObject | undefined): ReasoningWish {
  if (thinking === undefined) return {}
  const type = optionalWord(stringAt(thinking.type, 'thinking.type'), 'thinking.type', TYPES)
  if (type === 'disabled') return { enabled: false }
  const budget = optionalInteger(thinking.budget_tokens, 'thinking.budget_tokens', { min: LEAST_BUDGET })
  return present({
    enabled: true,
    budgetTokens: type === 'enabled' ? budget : undefined,
    display: optionalString(thinking.display, 'thinking.display')
  })
}

const PLAIN_TEXT: OutputFormat = { type: 'text' }
const KNOWN_OUTPUT = new Set(['effort', 'format'])

/** Reads the shape of the answer: `output_config.format`, or in its older place. */
export function decodeOutput({ output_config, output_format }: JsonObject, report: Report): OutputFormat {
  const output = optionalObject(output_config, 'output_config')
  for (const [name, value] of Object.entries(output ?? {})) {
    if (value !== null && !KNOWN_OUTPUT.has(name) && /^\w{1,64}$/.test(name))
      report(`output_config.${name}`, 'Bedrock has no such setting')
  }
  const isOld = !isJsonObject(output?.format) && isJsonObject(output_format)
  const format = isOld ? output_format : output?.format
  const path = isOld ? 'output_format' : 'output_config.format'
  if (isJsonObject(format)) reportUnknown(format, 'format', path, report)
  return formatOf(format, path)
}

function formatOf(value: Json | undefined, path: string): OutputFormat {
  const format = optionalObject(value, path)
  if (format === undefined) return PLAIN_TEXT
  const type = stringAt(format.type, `${path}.type`)
  if (type !== 'json_schema') throw wrongTag(`${path}.type`, ['json_schema'], type)
  const schema = objectAt(format.schema, `${path}.schema`)
  if (isEmpty(schema)) throw badValue(`${path}.schema`, 'The schema must say something')
  return { type: 'json-schema', name: optionalString(format.name, `${path}.name`) ?? 'answer', schema, strict: true }
}
