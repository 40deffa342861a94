import { parseExact } from '../../core/exact-json.ts'
import { isJsonObject, isSameJson, type Json, type JsonObject, objects } from '../../core/json.ts'
import { textOf } from './openai-wire.ts'

/** A part of a message as the caller wrote it, and the item that it stands in. */
interface OwnPart {
  readonly item: JsonObject
  readonly part: JsonObject
}

/** What the caller's items say, by what tells them again: each is used once, the first first. */
interface OwnWords {
  readonly calls: ReadonlyMap<string, JsonObject>
  readonly outputs: ReadonlyMap<string, JsonObject>
  readonly heard: Map<string, OwnPart[]>
  readonly said: Map<string, OwnPart[]>
  readonly images: OwnPart[]
}

/**
 * The items of a conversation with what the core has no place for, from the items that they were made of: Responses to Responses. Where an
 * item says what one of the caller's says, it says it as the caller's does: arguments byte for byte, a list of texts as a list, messages
 * apart, the system's as the developer's (`system` and `developer` mean the same to these models), the `phase` of an answer's text and the
 * `detail` of an image. What was changed on the way finds nothing, and stays as it is.
 */
export function inOwnItems(
  rendered: readonly JsonObject[],
  own: readonly Json[],
  callerId: (wired: string) => string
): readonly JsonObject[] {
  const words = readOwn(own)
  const images = objects(rendered.flatMap(({ content }) => objects(content))).filter(({ type }) => type === 'input_image')
  if (images.length !== words.images.length) words.images.length = 0
  return rendered.flatMap((item) => {
    const id = callerId(textOf(item.call_id))
    if (item.type === 'function_call') return withOwnArguments(item, words.calls.get(id))
    if (item.type === 'function_call_output') return withOwnOutput(item, words.outputs.get(id))
    return item.type === 'message' ? ownMessages(item, words) : item
  })
}

function readOwn(own: readonly Json[]): OwnWords {
  const calls = new Map<string, JsonObject>()
  const outputs = new Map<string, JsonObject>()
  const words = { calls, outputs, heard: new Map(), said: new Map(), images: [] } satisfies OwnWords
  for (const item of objects(own as Json)) {
    const id = textOf(item.call_id)
    if (item.type === 'function_call' && !calls.has(id)) calls.set(id, item)
    else if (item.type === 'function_call_output' && !outputs.has(id)) outputs.set(id, item)
    else if (typeof item.role === 'string') readParts(item, words)
  }
  return words
}

function readParts(item: JsonObject, words: OwnWords): void {
  const { content, role } = item
  const parts = typeof content === 'string' ? [{ type: 'input_text', text: content }] : objects(content)
  for (const part of parts) {
    if (part.image_url !== undefined) words.images.push({ item, part })
    const text = textOf(part.text)
    if (text === '') continue
    const side = role === 'assistant' ? words.said : words.heard
    const same = side.get(text)
    if (same === undefined) side.set(text, [{ item, part }])
    else same.push({ item, part })
  }
}

function withOwnArguments(item: JsonObject, own: JsonObject | undefined): JsonObject {
  const [written, sent] = [textOf(own?.arguments), textOf(item.arguments)]
  if (own === undefined || written === sent || !isSameText(written, sent)) return item
  return { ...item, arguments: written }
}

function isSameText(one: string, other: string): boolean {
  try {
    return isSameJson(parseExact(one) as Json, parseExact(other) as Json)
  } catch {
    return false // what is no JSON was mended, and is sent as it was mended
  }
}

function withOwnOutput(item: JsonObject, own: JsonObject | undefined): JsonObject {
  const parts = objects(own?.output)
  const texts = parts.map(({ text }) => text)
  if (parts.length < 2 || texts.join('\n') !== item.output) return item
  return { ...item, output: texts.map((text) => ({ type: 'input_text', text: textOf(text) })) }
}

/** One message for each of the caller's that its parts come from. */
function ownMessages(message: JsonObject, words: OwnWords): readonly JsonObject[] {
  const side = message.role === 'assistant' ? words.said : words.heard
  const runs: { readonly item: JsonObject | undefined; readonly content: JsonObject[] }[] = []
  for (const part of objects(message.content)) {
    const own = part.type === 'input_image' ? words.images.shift() : side.get(textOf(part.text))?.shift()
    const detail = part.type === 'input_image' ? own?.part.detail : undefined
    const whole = typeof detail === 'string' ? { ...part, detail } : part
    const last = runs.at(-1)
    if (last !== undefined && last.item === own?.item) last.content.push(whole)
    else runs.push({ item: own?.item, content: [whole] })
  }
  return runs.map(({ item, content }) => ({ ...message, ...ownMembers(item), content }))
}

function ownMembers(item: JsonObject | undefined): JsonObject {
  if (!isJsonObject(item)) return {}
  if (item.role === 'system' || item.role === 'developer') return { role: 'developer' }
  return typeof item.phase === 'string' && item.role === 'assistant' ? { phase: item.phase } : {}
}
