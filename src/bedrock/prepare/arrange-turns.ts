import { leaveOut } from '../../core/leave-out.ts'
import type { Block, CacheMark, Turn } from '../../core/turn.ts'
import { GatewayError } from '../../errors.ts'
import { arrangeBlocks, LEAST_TEXT } from './arrange-blocks.ts'
import { type EncodeScope, isOmitted, warnMark } from './encode-scope.ts'
import { pairToolBlocks } from './pair-tools.ts'
import { isReasoning } from './reasoning-blocks.ts'
import { restoreReasoning } from './restore-reasoning.ts'
import type { ToolIds } from './tool-ids.ts'

const CONTINUE = 'Please continue your response from where you left off.'

/**
 * Brings a conversation into Bedrock's order: user first, speakers alternating, nothing blank, each call answered once
 * in the turn after it, blocks in the order families accept. Without `ids` calls and results are told as text. The last turn is settled later, by `endTurns`.
 */
export function arrangeTurns(encoding: EncodeScope, turns: readonly Turn[], ids: ToolIds | undefined): readonly Turn[] {
  if (isInOrder(turns)) return turns
  const cleaned = turns.map((turn) => cleanTurn(encoding, turn))
  const spoken = cleaned.filter((turn) => turn.role === 'user' || turn.content.length > 0)
  const lost = ({ path }: Block) => {
    if (path !== undefined) encoding.warnAt(path, 'the calls that this reasoning led to do not go back to the model')
  }
  const paired = pairToolBlocks(mergeTurns(spoken), ids, lost)
  const filled = mergeTurns(paired).map((turn) => (turn.content.length > 0 ? turn : { ...turn, content: [leastText()] }))
  const arranged = filled.flatMap((turn) => (turn.content.every(isText) ? turn : arrangeBlocks(turn, encoding.traits)))
  return arranged[0]?.role === 'user' ? arranged : [{ role: 'user', content: [leastText()] }, ...arranged]
}

/** What Claude says of it itself (4.6 and newer): Anthropic's clients know the sentence, and ask again without. */
const NO_PREFILL = 'This model does not support assistant message prefill. The conversation must end with a user message.'

/**
 * Settles the last turn: an assistant's is a prefill where the model takes one, else the user asks to go on. Throws a 400 where Claude
 * takes none and is asked in its own language, in which a prefill is the very beginning of the answer.
 */
export function endTurns(encoding: EncodeScope, turns: readonly Turn[], reasoning: boolean): readonly Turn[] {
  const last = turns[turns.length - 1]
  if (last?.role !== 'assistant') return turns
  const takesPrefill = encoding.traits.prefill && !reasoning && !isOmitted(encoding, 'prefill')
  const before = turns.slice(0, -1)
  if (!takesPrefill && isLiteralPrefill(encoding)) throw new GatewayError('invalid_value', NO_PREFILL)
  if (!takesPrefill) return [...turns, { role: 'user', content: [{ type: 'text', text: CONTINUE }] }]
  const trimmed = trimEnd(last)
  return trimmed.content.length === 0 ? before : [...before, trimmed]
}

function isLiteralPrefill(encoding: EncodeScope): boolean {
  const { request, traits } = encoding
  if (request.anthropic === undefined || !['anthropic', 'either'].includes(traits.surface)) return false
  if (traits.prefill && !isOmitted(encoding, 'prefill')) return false
  const last = request.turns[request.turns.length - 1]
  // A call without its result is no beginning of an answer: it is told as text, as anywhere in a history.
  return last?.role === 'assistant' && last.content.some(isText) && !last.content.some(({ type }) => type === 'tool-call')
}

/** Joins neighbouring turns of one role, because Bedrock refuses two in a row. Order of blocks is kept. */
function mergeTurns(turns: readonly Turn[]): readonly Turn[] {
  if (turns.every((turn, index) => turn.role !== turns[index + 1]?.role)) return turns
  const runs: [Turn, ...Turn[]][] = []
  for (const turn of turns) {
    const last = runs.at(-1)
    if (last?.[0].role === turn.role) last.push(turn)
    else runs.push([turn])
  }
  return runs.map((run) => (run.length === 1 ? run[0] : { ...run[0], content: run.flatMap((turn) => turn.content) }))
}

/** Text that alternates from the user on, as most conversations are. */
function isInOrder(turns: readonly Turn[]): boolean {
  let last: Turn['role'] = 'assistant'
  for (const { role, content } of turns) {
    if (role === last || content.length === 0) return false
    last = role
    for (const block of content) if (!isText(block) || isBlank(block)) return false
  }
  return turns.length > 0
}

function isText(block: Block): boolean {
  return block.type === 'text'
}

function leastText(): Block {
  return { type: 'text', text: LEAST_TEXT }
}

/** Leaves out blank text and reasoning the model must not see; puts remembered reasoning back where it stood. */
function cleanTurn(encoding: EncodeScope, turn: Turn): Turn {
  if (turn.content.every(isPlain)) return turn
  for (const block of turn.content) {
    if (isReasoning(block) && block.cache !== undefined)
      warnMark(encoding, block.cache, 'no model takes a cache point behind reasoning')
  }
  const restored = restoreReasoning(encoding, turn)
  const keepsBlanks = !isOmitted(encoding, 'blankText')
  const isLeftOut = (block: Block, index: number) => isBlank(block) && !(keepsBlanks && isBetweenReasoning(restored, index))
  const orphaned = (mark: CacheMark) => warnMark(encoding, mark, 'a blank part has no part before it that could be marked')
  return { ...turn, content: leaveOut(restored, isLeftOut, orphaned) }
}

/** What stays as it is, whatever stands beside it. */
function isPlain(block: Block): boolean {
  return !isReasoning(block) && block.type !== 'tool-call' && !isBlank(block)
}

function isBlank(block: Block): boolean {
  return block.type === 'text' && block.text.trim() === ''
}

// Claude checks that reasoning comes back exactly as it was, and takes a lost line break between two blocks for a change.
function isBetweenReasoning(content: readonly Block[], index: number): boolean {
  const before = content[index - 1]
  const after = content[index + 1]
  const block = content[index]
  const hasText = block?.type === 'text' && block.text !== ''
  return hasText && before !== undefined && after !== undefined && isReasoning(before) && isReasoning(after)
}

/** Claude refuses a prefill that ends in white space. Reasoning is never touched. */
function trimEnd(turn: Turn): Turn {
  const last = turn.content[turn.content.length - 1]
  if (last?.type !== 'text') return turn
  const text = last.text.trimEnd()
  const before = turn.content.slice(0, -1)
  return { ...turn, content: text === '' ? before : [...before, { ...last, text }] }
}
