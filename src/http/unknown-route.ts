const SERVED =
  'This gateway serves chat/completions, responses, completions, messages, embeddings, images, moderations, rerank and models.'

/** OpenAI's other endpoints, and what their callers can do here. The first that fits is told. */
const ELSEWHERE: readonly (readonly [path: RegExp, advice: string])[] = [
  [/\/chat\/completions\/./, 'Completions are not stored here, so none can be read back.'],
  [
    /\/audio\/(speech|transcriptions|translations)$/,
    'Speech is not served here; switch text to speech and voice input to another service.'
  ],
  [/\/messages\/batches(\/|$)/, 'Batches are not served here; send each message by itself.'],
  [/\/(files|uploads|batches|vector_stores)(\/|$)/, 'Files are not stored here; send media and documents inside the request.'],
  [
    /\/(assistants|threads|realtime|fine_tuning|evals|containers|videos)(\/|$)/,
    'This part of the OpenAI API is not served here.'
  ],
  [/\/(fim\/completions)$/, 'This is not a part of the OpenAI API and not served here.']
]

const ENDPOINT =
  '(?:chat/completions|completions|embeddings|models|responses|messages|images/[a-z]+|audio/[a-z]+|moderations|rerank)'
/** A base URL that names an endpoint itself, as people paste it, and what a client adds behind. */
const TWICE = new RegExp(`^(.*?)/(?:${ENDPOINT}|chat(?=/chat/))((?:/api|/openai)?(?:/v1)?/${ENDPOINT}(?:/.*)?)$`)

/** Where to cut a base URL that holds an endpoint, from a path that a client made of it; undefined: it holds none. */
export function endpointTwice(path: string): string | undefined {
  const [, before = '', added] = TWICE.exec(path) ?? []
  if (added === undefined) return undefined
  const place = before.endsWith('/v1') || before.includes('/deployments/') ? before : '/v1'
  const base = path.slice(0, path.length - added.length)
  return `The base URL of your client ends in '${base}'; cut it at '${place}', since clients add the rest themselves.`
}

const SERVED_ENDPOINT =
  /\/(?:chat\/completions|completions|responses|messages|embeddings|images\/(?:generations|edits|variations)|moderations|rerank|models)$/

/** Where to cut a base URL with pieces that no route has. */
function strayPieces(method: string, path: string): string | undefined {
  const [end] = SERVED_ENDPOINT.exec(path) ?? []
  if (end === undefined || method === 'HEAD') return undefined
  const base = path.slice(0, -end.length)
  return `The base URL of your client ends in '${base}'; cut it to the gateway's own address and '/v1'.`
}

/** The sentence of a 404: what was asked, in OpenAI's words, and what to do instead. */
export function unknownRoute(method: string, path: string): string {
  const elsewhere = ELSEWHERE.find(([pattern]) => pattern.test(path))?.[1]
  const advice = endpointTwice(path) ?? elsewhere ?? strayPieces(method, path)
  const hint = advice ?? 'Check the base URL of your client: it usually ends in /v1.'
  return `Invalid URL (${method} ${path}). ${hint} ${SERVED}`
}
