import type { Block, ToolCallBlock, ToolResultBlock, Turn } from '../../core/turn.ts'
import type { ToolIds } from './tool-ids.ts'

/**
 * Makes calls and results fit: each call is answered exactly once in the very next user turn, under an id of the model's alphabet.
 * What has no partner is told as text, since trimmed histories leave such pieces behind and Bedrock refuses the whole request for one.
 * Without `ids` every call and result becomes text: then no tool can be named in the request.
 */
export function pairToolBlocks(turns: readonly Turn[], ids: ToolIds | undefined): readonly Turn[] {
  const calls = nameById(turns)
  let open: readonly Pair[] = []
  return turns.map((turn, index) => {
    if (turn.role === 'assistant') {
      open = ids === undefined ? [] : pairCalls(turn, turns[index + 1], ids)
      return { ...turn, content: turn.content.flatMap((block) => assistantBlock(block, open, calls)) }
    }
    const pairs = open
    open = []
    return { ...turn, content: turn.content.flatMap((block) => userBlock(block, pairs, calls)) }
  })
}

interface Pair {
  readonly call: ToolCallBlock
  readonly result: ToolResultBlock
  readonly id: string
}

/** Takes the k-th result of an id for the k-th call of that id, as some clients give every call the same one. */
function pairCalls(turn: Turn, answer: Turn | undefined, ids: ToolIds): readonly Pair[] {
  const results = answer?.role === 'user' ? answer.content.filter((block) => block.type === 'tool-result') : []
  const used = new Set<ToolResultBlock>()
  return turn.content.flatMap((block) => {
    if (block.type !== 'tool-call') return []
    const result = results.find((item) => item.callId === block.id && !used.has(item))
    if (result === undefined) return []
    used.add(result)
    return [{ call: block, result, id: ids.next(block.id) }]
  })
}

function assistantBlock(block: Block, pairs: readonly Pair[], calls: ReadonlyMap<string, string>): readonly Block[] {
  if (block.type === 'tool-result') return resultAsText(block, calls)
  if (block.type !== 'tool-call') return [block]
  const pair = pairs.find((item) => item.call === block)
  if (pair !== undefined) return [{ ...block, id: pair.id }]
  const isRepeated = pairs.some((item) => item.call.id === block.id && item.call.name === block.name)
  return isRepeated ? [] : callAsText(block)
}

function userBlock(block: Block, pairs: readonly Pair[], calls: ReadonlyMap<string, string>): readonly Block[] {
  if (block.type === 'tool-call') return callAsText(block)
  if (block.type !== 'tool-result') return [block]
  const pair = pairs.find((item) => item.result === block)
  return pair === undefined ? resultAsText(block, calls) : [{ ...block, callId: pair.id }]
}

function nameById(turns: readonly Turn[]): ReadonlyMap<string, string> {
  const blocks = turns.flatMap((turn) => turn.content)
  return new Map(blocks.flatMap((block) => (block.type === 'tool-call' ? [[block.id, block.name] as const] : [])))
}

function callAsText(call: ToolCallBlock): readonly Block[] {
  return [{ type: 'text', text: `[Called the tool ${call.name} with ${JSON.stringify(call.input)}]` }]
}

/** Media of a result stay media, behind the words. */
function resultAsText(result: ToolResultBlock, calls: ReadonlyMap<string, string>): readonly Block[] {
  const name = calls.get(result.callId)
  const texts = result.content.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  const said = texts.join('\n').trim()
  const head = `The tool${name === undefined ? '' : ` ${name}`} ${result.isError === true ? 'failed' : 'answered'}`
  const text: Block = { type: 'text', text: `[${head}${said === '' ? ' nothing' : ''}]${said === '' ? '' : `\n${said}`}` }
  const marked = result.cache === undefined ? text : { ...text, cache: result.cache }
  return [...result.content.filter((part) => part.type !== 'text'), marked]
}
