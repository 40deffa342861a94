import { isJsonObject, type Json, type JsonObject, toJson } from '../../core/json.ts'

/** What InvokeModel is told beside the body: headers, and the one setting of a guardrail that stands in the body. */
export interface NativeSettings {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly fields: JsonObject
}

const MODES: Readonly<Record<string, string>> = { sync: 'SYNCHRONOUS', async: 'ASYNCHRONOUS' }

/** Guardrail, tier, latency and metadata of a Converse body as InvokeModel has them (API model of 2026-11). */
export function renderSettings(converse: JsonObject): NativeSettings {
  const headers: Record<string, string> = {}
  const fields: Record<string, Json> = {}
  const { guardrailConfig, serviceTier, performanceConfig, requestMetadata } = converse
  if (isJsonObject(guardrailConfig)) {
    put(headers, 'x-amzn-bedrock-guardrailidentifier', guardrailConfig.guardrailIdentifier)
    put(headers, 'x-amzn-bedrock-guardrailversion', guardrailConfig.guardrailVersion)
    const { trace, streamProcessingMode } = guardrailConfig
    if (typeof trace === 'string') put(headers, 'x-amzn-bedrock-trace', trace.toUpperCase())
    const mode = typeof streamProcessingMode === 'string' ? MODES[streamProcessingMode] : undefined
    if (mode !== undefined) fields['amazon-bedrock-guardrailConfig'] = { streamProcessingMode: mode }
  }
  if (isJsonObject(serviceTier)) put(headers, 'x-amzn-bedrock-service-tier', serviceTier.type)
  if (isJsonObject(performanceConfig)) put(headers, 'x-amzn-bedrock-performanceconfig-latency', performanceConfig.latency)
  if (isJsonObject(requestMetadata)) {
    // A header of JSON travels as base64: the rule of the protocol for strings with a media type.
    headers['x-amzn-bedrock-request-metadata'] = Buffer.from(toJson(requestMetadata), 'utf8').toString('base64')
  }
  return { headers, fields }
}

function put(headers: Record<string, string>, name: string, value: Json | undefined): void {
  if (typeof value === 'string') headers[name] = value
}
