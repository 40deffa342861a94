import type { CatalogModel } from './catalog.ts'
import { type Block, blocksOf, type ConverseRequest, type Turn, turnsOf } from './converse-request.ts'
import { invalid, modelRefuses } from './refusal.ts'

/** Refuses a conversation that Bedrock refuses whatever its content: empty, blank, begun or ended by the wrong side, unpaired (B1 to B8). */
export function checkConversation(request: ConverseRequest, model: CatalogModel): void {
  const turns = mergeTurns(turnsOf(request))
  if (turns.length === 0)
    invalid('A conversation must have at least one message. Try again with a conversation that has at least one message.')
  checkBlank(request)
  const first = turns.find((turn) => turn.role !== 'system')
  if (first?.role !== 'user' && model.userFirst) {
    invalid('A conversation must start with a user message. Try again with a conversation that starts with a user message.')
  }
  if (turns.at(-1)?.role === 'assistant' && !model.prefill) checkEnd(model)
  checkTools(request, turns, model)
  checkDocuments(request)
}

function checkEnd(model: CatalogModel): never {
  if (model.family !== 'claude') {
    invalid('A conversation must end with a user message. Try again with a conversation that ends with a user message.')
  }
  return modelRefuses('This model does not support assistant message prefill. The conversation must end with a user message.')
}

/** Joins neighbours of one role, as Bedrock does before it looks at the conversation. */
export function mergeTurns(turns: readonly Turn[]): readonly Turn[] {
  const merged: Turn[] = []
  for (const turn of turns) {
    const last = merged.at(-1)
    if (last?.role !== turn.role) merged.push(turn)
    else merged.splice(-1, 1, { role: last.role, content: [...last.content, ...turn.content] })
  }
  return merged
}

function checkBlank(request: ConverseRequest): void {
  for (const [index, turn] of turnsOf(request).entries()) {
    if (turn.content.length === 0) {
      invalid(
        `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`
      )
    }
    for (const [at, block] of turn.content.entries()) checkText(block, `messages.${index}.content.${at}`)
    if (turn.content.every((block) => block.cachePoint !== undefined)) {
      modelRefuses(`messages.${index}.content: a message cannot hold only a cachePoint`)
    }
  }
  for (const [index, block] of (request.system ?? []).entries()) {
    if (block.text?.trim() === '') {
      invalid(
        `The text field in the SystemContentBlock object at system.${index} is blank. Add text to the text field, and try again.`
      )
    }
  }
}

function checkText(block: Block, path: string): void {
  if (block.text?.trim() === '') {
    invalid(`The text field in the ContentBlock object at ${path} is blank. Add text to the text field, and try again.`)
  }
}

function checkTools(request: ConverseRequest, turns: readonly Turn[], model: CatalogModel): void {
  const hasToolBlocks = blocksOf(request).some((block) => block.toolUse !== undefined || block.toolResult !== undefined)
  if (!hasToolBlocks) return
  if (request.toolConfig === undefined)
    invalid('The toolConfig field must be defined when using toolUse and toolResult content blocks.')
  const seen = new Set<string>()
  for (const [index, turn] of turns.entries()) {
    for (const id of useIds(turn)) {
      if (model.family === 'mistral' && !/^[a-zA-Z0-9]{9}$/.test(id)) {
        modelRefuses(`Tool call id was ${id} but must be a-z, A-Z, 0-9, with a length of 9.`)
      }
      if (seen.has(id)) invalid(`The toolUse blocks at messages.${index}.content contain duplicate Ids: ${id}`)
      seen.add(id)
    }
    checkRole(turn, index)
    checkPair(turn, turns[index - 1], index)
    checkResults(turn, model)
  }
  const pending = useIds(turns.at(-1))
  if (pending.length > 0)
    invalid(`Expected toolResult blocks at messages.${turns.length}.content for the following Ids: ${pending.join(', ')}`)
}

const useIds = (turn: Turn | undefined) => {
  const uses = turn?.content.flatMap((block) => (block.toolUse === undefined ? [] : [block.toolUse])) ?? []
  return uses.filter((use) => use.type !== 'server_tool_use').map((use) => use.toolUseId)
}

const resultIds = (turn: Turn) =>
  turn.content.flatMap((block) =>
    block.toolResult === undefined || block.toolResult.type !== undefined ? [] : [block.toolResult.toolUseId]
  )

function checkRole(turn: Turn, index: number): void {
  const wrong = turn.role === 'user' ? 'toolUse' : 'toolResult'
  const strays = turn.role === 'user' ? useIds(turn) : resultIds(turn)
  if (strays.length > 0)
    invalid(`The ${wrong} block is not allowed in a message of role ${turn.role} at messages.${index}.content.`)
}

function checkPair(turn: Turn, before: Turn | undefined, index: number): void {
  const [wanted, given] = [useIds(before), resultIds(turn)]
  const missing = wanted.filter((id) => !given.includes(id))
  if (missing.length > 0)
    invalid(`Expected toolResult blocks at messages.${index}.content for the following Ids: ${missing.join(', ')}`)
  if (given.length > wanted.length) {
    invalid(`The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`)
  }
  if (new Set(given).size < given.length) invalid(`The toolResult blocks at messages.${index}.content contain duplicate Ids.`)
}

function checkResults(turn: Turn, model: CatalogModel): void {
  const results = turn.content.flatMap((block) => (block.toolResult === undefined ? [] : [block.toolResult]))
  if (results.length === 0) return
  const others = turn.content.filter((block) => block.toolResult === undefined)
  if (others.length > 0 && model.resultAlone) {
    invalid(
      'Tool result content blocks cannot be mixed with other content blocks in one message for this model. Send them alone and try again.'
    )
  }
  if (model.family === 'claude' && others.some((block) => block.document !== undefined || block.video !== undefined)) {
    invalid(
      "This model doesn't support document or video content blocks in a message with toolResult. Update the content block and try again."
    )
  }
  if (!model.resultStatus && results.some((result) => result.status !== undefined)) {
    invalid("This model doesn't support the status field. Remove status and try again.")
  }
  for (const kind of ['image', 'document', 'video'] as const) {
    const present = results.some((result) => result.content.some((item) => item[kind] !== undefined))
    if (present && !model.resultMedia.includes(kind)) {
      invalid(`This model doesn't support the ${kind} content block that you provided. Update the content block and try again.`)
    }
  }
}

function checkDocuments(request: ConverseRequest): void {
  const names = blocksOf(request).flatMap((block) => (block.document === undefined ? [] : [block.document.name]))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined)
    modelRefuses(`Duplicate document names found: ${twice}. Each document in a conversation must have a name of its own.`)
  const odd = names.find((name) => !/^[A-Za-z0-9()[\]-]+( [A-Za-z0-9()[\]-]+)*$/.test(name))
  if (odd !== undefined) {
    invalid(
      "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character."
    )
  }
  for (const turn of turnsOf(request)) {
    const documents = turn.content.filter((block) => block.document !== undefined)
    if (documents.length > 0 && !turn.content.some((block) => block.text !== undefined)) {
      invalid('A text block must be included in a message that has documents. Add a text block and try again.')
    }
  }
}
