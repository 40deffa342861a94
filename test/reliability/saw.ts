import type { Built } from '../support/helper.ts'

/** What a client saw of one request, and how often Bedrock was called for it. */
export interface Saw {
  readonly status: number
  /** `error.code` of the body or of the error event, its type where there is no code. */
  readonly error?: string
  /** Whether the stream ended with `[DONE]`; absent without streaming. */
  readonly done?: boolean
  /** Whether a comment came before anything else. */
  readonly waited?: true
  readonly retryAfter?: string
  readonly calls: number
}

interface ErrorBody {
  readonly error?: { readonly code: string | null; readonly type: string }
}

/** How much of the end of a stream is looked at, so that 200 MB need not be kept. Characters. */
const TAIL = 4096

/** Asks a model for a word and tells what came of it. */
export async function see(gateway: Built, model: string, stream: boolean, more: object = {}): Promise<Saw> {
  const operation = stream ? 'ConverseStream' : 'Converse'
  const calls = () => gateway.standin.requests.filter((one) => one.modelId === model && one.operation === operation).length
  const before = calls()
  const messages = [{ role: 'user', content: 'say a word' }]
  const response = await gateway.post('/v1/chat/completions', { model, stream, messages, ...more })
  const retryAfter = response.headers.get('retry-after')
  const seen = /event-stream/.test(response.headers.get('content-type') ?? '')
    ? readEnd(await headAndTail(response))
    : readBody((await response.json()) as ErrorBody)
  return { status: response.status, ...seen, ...(retryAfter === null ? {} : { retryAfter }), calls: calls() - before }
}

async function headAndTail(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true })
    if (text.length > 1_000_000) text = text.slice(0, TAIL) + text.slice(-TAIL)
  }
  return text
}

function readEnd(text: string): Omit<Saw, 'status' | 'calls'> {
  const frames = text.split('\n\n').filter((frame) => frame.startsWith('data: '))
  const last = frames.at(-1)?.slice('data: '.length) ?? ''
  const done = text.endsWith('data: [DONE]\n\n')
  const waited = text.startsWith(': waiting') ? ({ waited: true } as const) : {}
  return done ? { done, ...waited } : { ...readBody(JSON.parse(last) as ErrorBody), done, ...waited }
}

function readBody({ error }: ErrorBody): { readonly error?: string } {
  return error === undefined ? {} : { error: error.code ?? error.type }
}
