const SERVED = 'This gateway serves chat/completions, completions, embeddings and models.'

/** OpenAI's other endpoints, and what their callers can do here. The first that fits is told. */
const ELSEWHERE: readonly (readonly [path: RegExp, advice: string])[] = [
  [
    /\/responses(\/|$)/,
    "The Responses API is not served here; make your client use Chat Completions (in the AI SDK `.chat('model')`)."
  ],
  [/\/chat\/completions\/./, 'Completions are not stored here, so none can be read back.'],
  [
    /\/images\/(generations|edits|variations)$/,
    'Images are not made here; models that answer with images can be listed, not called.'
  ],
  [
    /\/audio\/(speech|transcriptions|translations)$/,
    'Speech is not served here; switch text to speech and voice input to another service.'
  ],
  [/\/messages(\/|$)/, "Anthropic's Messages API is not served here; use a client for OpenAI's Chat Completions."],
  [/\/(files|uploads|batches|vector_stores)(\/|$)/, 'Files are not stored here; send media and documents inside the request.'],
  [
    /\/(assistants|threads|conversations|realtime|fine_tuning|evals|containers|videos)(\/|$)/,
    'This part of the OpenAI API is not served here.'
  ],
  [/\/moderations$/, 'Moderation is not served here; a Bedrock guardrail can be given with a chat request.'],
  [/\/(rerank|fim\/completions)$/, 'This is not a part of the OpenAI API and not served here.']
]

/** The sentence of a 404: what was asked, in OpenAI's words, and what to do instead. */
export function unknownRoute(method: string, path: string): string {
  const advice = ELSEWHERE.find(([pattern]) => pattern.test(path))?.[1]
  const hint = advice ?? 'Check the base URL of your client: it usually ends in /v1.'
  return `Invalid URL (${method} ${path}). ${hint} ${SERVED}`
}
