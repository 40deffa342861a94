import { isJsonObject } from '../../core/json.ts'
import type { GatewayError, UpstreamAnswer } from '../../errors.ts'
import { type AwsRefusal, awsError, redact } from './aws-error.ts'
import { readStart } from './http-body.ts'
import type { HttpAnswer } from './http-exchange.ts'
import { passedHeaders } from './passed-headers.ts'

/** A refusal is a sentence; a proxy's page may be longer, and so is one that repeats what it refuses. Neither is read on. Bytes. */
const MOST_BYTES = 262_144

/** Reads an answer that is no success, as the error of that call. Throws GatewayError when the connection breaks meanwhile. */
export async function readRefusal(answer: HttpAnswer, call: Pick<AwsRefusal, 'model' | 'input'>): Promise<GatewayError> {
  const { bytes, isCut } = await readStart(answer.body, MOST_BYTES)
  const told = bytes.toString('utf8')
  const body = parse(isCut ? mended(told) : told)
  const type = text(answer.headers['x-amzn-errortype']) ?? text(body.code) ?? text(body.__type)
  const message = text(body.message) ?? text(body.Message) ?? (isJsonObject(body.error) ? text(body.error.message) : undefined)
  const requestId = text(answer.headers['x-amzn-requestid'])
  const retryAfterS = retryAfter(answer.headers)
  return awsError({
    status: answer.status,
    ...call,
    ...(type === undefined ? {} : { type }),
    ...(type === undefined || isCut ? {} : { said: whatWasSaid(answer, bytes) }),
    ...(message === undefined ? {} : { message }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterS === undefined ? {} : { retryAfterS })
  })
}

/** An answer that names an exception is Bedrock's own. Its bytes stay, but where they hold names or numbers of the operator's account. */
function whatWasSaid({ status, headers }: HttpAnswer, bytes: Buffer): UpstreamAnswer {
  const sentence = bytes.toString('utf8')
  const plain = redact(sentence)
  return { status, headers: passedHeaders(headers), body: plain === sentence ? bytes : Buffer.from(plain, 'utf8') }
}

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body)
    return isJsonObject(parsed) ? parsed : {}
  } catch {
    return {} // a page of some proxy: it has no type and no sentence, and is told by its status
  }
}

/** The beginning of the sentence, of a refusal that is cut: what has been refused for a caller's long value is no failure of Bedrock's. */
function mended(cut: string): string {
  const [, sentence = ''] = /"message"\s*:\s*"((?:[^"\\]|\\.){0,1000})/i.exec(cut) ?? []
  return `{"message":"${sentence}"}`
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** `retry-after` in seconds or as a date, or AWS's own in milliseconds (B45); never negative. */
function retryAfter(headers: HttpAnswer['headers']): number | undefined {
  const milliseconds = Number(text(headers['x-amz-retry-after']))
  if (milliseconds >= 0) return Math.ceil(milliseconds / 1000)
  const told = text(headers['retry-after'])
  if (told === undefined) return undefined
  const seconds = /^\d+(\.\d+)?$/.test(told) ? Number(told) : (Date.parse(told) - Date.parse(String(headers.date))) / 1000
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined
}
