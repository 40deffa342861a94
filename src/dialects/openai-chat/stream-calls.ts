import { type ByteString, jsonBytes } from '../../core/byte-string.ts'
import { unwrapCustomInput } from '../openai/custom-tool.ts'
import type { ChatOptions } from './options.ts'

/** Makes the deltas of an answer's tool calls, as JSON text; empty: nothing to send. */
export interface CallDeltas {
  start(id: string, name: string): ByteString
  /** `literal`: the piece as a JSON string, to be copied. */
  input(json: string, literal?: ByteString): ByteString
  end(): ByteString
  count(): number
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
    input(json, literal) {
      if (json === '' || open === undefined) return ''
      hasInput = true
      return open.piece(json, literal)
    },
    end() {
      const form = open
      open = undefined
      if (form === undefined) return ''
      // A call without arguments has no input event, but every client parses the joined text.
      return (hasInput ? '' : form.piece('{}')) + form.last()
    },
    count: () => count
  }
}

interface CallForm {
  first(id: string, name: string): ByteString
  piece(json: string, literal?: ByteString): ByteString
  last(): ByteString
}

function callForm(options: ChatOptions, index: number, name: string): CallForm {
  if (options.legacyFunctions) return index === 0 ? LEGACY_FORM : SILENT_FORM
  return options.customTools?.has(name) ? customForm(index) : functionForm(index)
}

function functionForm(index: number): CallForm {
  const piece = `{"tool_calls":[{"index":${index},"function":{"arguments":`
  return {
    first: (id, name) =>
      `{"tool_calls":[{"index":${index},"id":${jsonBytes(id)},"type":"function","function":{"name":${jsonBytes(name)},"arguments":""}}]}`,
    piece: (json, literal = jsonBytes(json)) => `${piece}${literal}}}]}`,
    last: () => ''
  }
}

/** The input is a string inside JSON: it is unwrapped, and so sent, when the call is whole. */
function customForm(index: number): CallForm {
  let wrapped = ''
  return {
    first: (id, name) =>
      `{"tool_calls":[{"index":${index},"id":${jsonBytes(id)},"type":"custom","custom":{"name":${jsonBytes(name)},"input":""}}]}`,
    piece(json) {
      wrapped += json
      return ''
    },
    last: () => `{"tool_calls":[{"index":${index},"custom":{"input":${jsonBytes(unwrapCustomInput(wrapped))}}}]}`
  }
}

const LEGACY_FORM: CallForm = {
  first: (_id, name) => `{"function_call":{"name":${jsonBytes(name)},"arguments":""}}`,
  piece: (json, literal = jsonBytes(json)) => `{"function_call":{"arguments":${literal}}}`,
  last: () => ''
}

const SILENT_FORM: CallForm = { first: () => '', piece: () => '', last: () => '' }
