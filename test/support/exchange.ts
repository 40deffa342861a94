import { type Built, lastCall } from './helper.ts'

/** A Converse body as the stand-in received it. */
export interface Sent {
  system?: object[]
  messages: { role: string; content: Record<string, unknown>[] }[]
  inferenceConfig?: Record<string, unknown>
  toolConfig?: { tools: Record<string, Record<string, unknown>>[]; toolChoice?: object }
  additionalModelRequestFields?: Record<string, unknown>
  outputConfig?: object
}

export interface Exchanged {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** What reached Bedrock; undefined when nothing was called. */
  readonly sent: Sent | undefined
}

/** Posts to the gateway and tells the answer beside what it made of the question. */
export async function exchange(
  { standin, post }: Pick<Built, 'standin' | 'post'>,
  path: string,
  body: object,
  headers?: Record<string, string>
): Promise<Exchanged> {
  const before = standin.requests.length
  const response = await post(path, body, headers)
  const text = await response.text()
  const last = lastCall(standin)
  const isNew = last !== undefined && standin.requests.indexOf(last) >= before
  return { status: response.status, headers: response.headers, text, sent: isNew ? (last.body as Sent) : undefined }
}
