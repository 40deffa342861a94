import { unwrapCustomInput } from './custom-tool.ts'
import type { ChatOptions } from './options.ts'

/** Makes the deltas of an answer's tool calls, as JSON text; empty: nothing to send. */
export interface CallDeltas {
  start(id: string, name: string): string
  input(json: string): string
  end(): string
  readonly count: number
}

/**
 * One call at a time, as events come. Indices count calls from 0. Id, type and name stand on a call's first delta only:
 * NextChat takes each id for a new call, openai-python joins repeated names.
 */
export function createCallDeltas(options: ChatOptions): CallDeltas {
  let count = 0
  let open: CallForm | undefined
  let hasInput = false

  return {
    start(id, name) {
      open = callForm(options, count, name)
      count += 1
      hasInput = false
      return open.first(id, name)
    },
    input(json) {
      if (json === '' || open === undefined) return ''
      hasInput = true
      return open.piece(json)
    },
    end() {
      const form = open
      open = undefined
      if (form === undefined) return ''
      // A call without arguments has no input event, but every client parses the joined text.
      return (hasInput ? '' : form.piece('{}')) + form.last()
    },
    get count() {
      return count
    }
  }
}

interface CallForm {
  first(id: string, name: string): string
  piece(json: string): string
  last(): string
}

function callForm(options: ChatOptions, index: number, name: string): CallForm {
  if (options.legacyFunctions) return index === 0 ? LEGACY_FORM : SILENT_FORM
  return options.customTools?.has(name) ? customForm(index) : functionForm(index)
}

function functionForm(index: number): CallForm {
  const piece = `{"tool_calls":[{"index":${index},"function":{"arguments":`
  return {
    first: (id, name) =>
      `{"tool_calls":[{"index":${index},"id":${JSON.stringify(id)},"type":"function","function":{"name":${JSON.stringify(name)},"arguments":""}}]}`,
    piece: (json) => `${piece}${JSON.stringify(json)}}}]}`,
    last: () => ''
  }
}

/** The input is a string inside JSON: it is unwrapped, and so sent, when the call is whole. */
function customForm(index: number): CallForm {
  let wrapped = ''
  return {
    first: (id, name) =>
      `{"tool_calls":[{"index":${index},"id":${JSON.stringify(id)},"type":"custom","custom":{"name":${JSON.stringify(name)},"input":""}}]}`,
    piece(json) {
      wrapped += json
      return ''
    },
    last: () => `{"tool_calls":[{"index":${index},"custom":{"input":${JSON.stringify(unwrapCustomInput(wrapped))}}}]}`
  }
}

const LEGACY_FORM: CallForm = {
  first: (_id, name) => `{"function_call":{"name":${JSON.stringify(name)},"arguments":""}}`,
  piece: (json) => `{"function_call":{"arguments":${JSON.stringify(json)}}}`,
  last: () => ''
}

const SILENT_FORM: CallForm = { first: () => '', piece: () => '', last: () => '' }
