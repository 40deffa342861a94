import { toJson } from '../../core/json.ts'
import { searchText } from '../../core/search-text.ts'
import type { Block, ToolCallBlock, ToolResultBlock, Turn } from '../../core/turn.ts'
import { isReasoning } from './reasoning-blocks.ts'
import type { ToolIds } from './tool-ids.ts'

/**
 * Makes calls and results fit: each call is answered exactly once in the very next user turn, under an id of the model's alphabet.
 * What has no partner is told as text, since trimmed histories leave such pieces behind and Bedrock refuses the whole request for one.
 * Without `ids` every call and result becomes text: then no tool can be named in the request.
 * Reasoning led to the calls it stood with, and is refused without them: `lost` is given what goes with a call.
 */
export function pairToolBlocks(
  turns: readonly Turn[],
  ids: ToolIds | undefined,
  lost: (reasoning: Block) => void = () => {}
): readonly Turn[] {
  if (!turns.some((turn) => turn.content.some(isToolBlock))) return turns
  const calls = nameById(turns)
  let open = NO_PAIRS
  return turns.map((turn, index) => {
    if (turn.role === 'assistant') {
      open = ids === undefined ? NO_PAIRS : pairCalls(turn, turns[index + 1], ids)
      const content = turn.content.flatMap((block) => assistantBlock(block, open, calls))
      return { ...turn, content: isChanged(turn, open) ? withoutReasoning(content, lost) : content }
    }
    const pairs = open
    open = NO_PAIRS
    return { ...turn, content: turn.content.flatMap((block) => userBlock(block, pairs, calls)) }
  })
}

function isChanged({ content }: Turn, { ids }: Pairs): boolean {
  return content.some((block) => block.type === 'tool-call' && !ids.has(block))
}

function withoutReasoning(content: readonly Block[], lost: (reasoning: Block) => void): readonly Block[] {
  return content.filter((block) => {
    if (!isReasoning(block)) return true
    lost(block)
    return false
  })
}

/** The ids that calls and their results go out under; what is in neither map has no partner. */
interface Pairs {
  readonly ids: ReadonlyMap<Block, string>
  /** Ids and names of the paired calls, by `callKey`. */
  readonly answered: ReadonlySet<string>
}

const NO_PAIRS: Pairs = { ids: new Map(), answered: new Set() }

/** Takes the k-th result of an id for the k-th call of that id, as some clients give every call the same one. */
function pairCalls(turn: Turn, answer: Turn | undefined, ids: ToolIds): Pairs {
  const results = resultsById(answer)
  const made = new Map<Block, string>()
  const answered = new Set<string>()
  for (const block of turn.content) {
    const result = block.type === 'tool-call' ? results.get(block.id)?.pop() : undefined
    if (block.type !== 'tool-call' || result === undefined) continue
    const id = ids.next(block.id)
    made.set(block, id)
    made.set(result, id)
    answered.add(callKey(block))
  }
  return { ids: made, answered }
}

/** The results of each id, the first one last. */
function resultsById(answer: Turn | undefined): ReadonlyMap<string, ToolResultBlock[]> {
  const results = new Map<string, ToolResultBlock[]>()
  if (answer?.role !== 'user') return results
  for (const block of answer.content.toReversed()) {
    if (block.type !== 'tool-result') continue
    const same = results.get(block.callId)
    if (same === undefined) results.set(block.callId, [block])
    else same.push(block)
  }
  return results
}

function isToolBlock(block: Block): boolean {
  return block.type === 'tool-call' || block.type === 'tool-result'
}

function callKey({ id, name }: ToolCallBlock): string {
  return JSON.stringify([id, name])
}

function assistantBlock(block: Block, pairs: Pairs, calls: ReadonlyMap<string, string>): readonly Block[] {
  if (block.type === 'tool-result') return resultAsText(block, calls)
  if (block.type !== 'tool-call') return [block]
  const id = pairs.ids.get(block)
  if (id !== undefined) return [{ ...block, id }]
  return pairs.answered.has(callKey(block)) ? [] : callAsText(block)
}

function userBlock(block: Block, pairs: Pairs, calls: ReadonlyMap<string, string>): readonly Block[] {
  if (block.type === 'tool-call') return callAsText(block)
  if (block.type !== 'tool-result') return [block]
  const callId = pairs.ids.get(block)
  return callId === undefined ? resultAsText(block, calls) : [{ ...block, callId }]
}

function nameById(turns: readonly Turn[]): ReadonlyMap<string, string> {
  const blocks = turns.flatMap((turn) => turn.content)
  return new Map(blocks.flatMap((block) => (block.type === 'tool-call' ? [[block.id, block.name] as const] : [])))
}

function callAsText(call: ToolCallBlock): readonly Block[] {
  return [{ type: 'text', text: `[Called the tool ${call.name} with ${toJson(call.input)}]` }]
}

/** Media of a result stay media, behind the words. */
function resultAsText(result: ToolResultBlock, calls: ReadonlyMap<string, string>): readonly Block[] {
  const name = calls.get(result.callId)
  const texts = result.content.flatMap((part) =>
    part.type === 'text' ? [part.text] : part.type === 'search-result' ? [searchText(part)] : []
  )
  const said = texts.join('\n').trim()
  const head = `The tool${name === undefined ? '' : ` ${name}`} ${result.isError === true ? 'failed' : 'answered'}`
  const text: Block = { type: 'text', text: `[${head}${said === '' ? ' nothing' : ''}]${said === '' ? '' : `\n${said}`}` }
  const marked = result.cache === undefined ? text : { ...text, cache: result.cache }
  return [...result.content.filter((part) => part.type !== 'text' && part.type !== 'search-result'), marked]
}
