import type { EventBatch, FinishReason } from '../../core/event.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { Warning } from '../../core/warning.ts'
import { createSchemaCompiler, type SchemaCompiler } from './compile-schema.ts'

/** Reads one answer as it passes and tells at its end whether it has the form that was asked for. */
export interface OutputCheck {
  read(batch: EventBatch): void
  /** What is wrong with the answer, once it is whole; never rejects. */
  verdict(): Promise<readonly Warning[]>
}

/** Begins the check of one answer against the caller's own schema. */
export type OutputChecker = (schema: JsonObject) => OutputCheck

/** Longer answers are not checked. Characters. */
const LONGEST_ANSWER = 1024 * 1024
const FINE: readonly Warning[] = []

/** Makes a checker; what it has compiled is kept for the next answers. */
export function createOutputChecker(compile: SchemaCompiler = createSchemaCompiler()): OutputChecker {
  return (schema) => {
    const compiling = compile(schema) // while the model writes
    const answer = collectAnswer()
    return {
      read: answer.read,
      async verdict() {
        const text = answer.text()
        if (text === undefined || text.length > LONGEST_ANSWER) return FINE
        const value = parse(text)
        if (value === undefined) return [wrong('the answer is not JSON')]
        const fits = await compiling
        return fits === undefined || fits(value) ? FINE : [wrong('the answer does not fit the schema')]
      }
    }
  }
}

function wrong(reason: string): Warning {
  return { field: 'output', reason }
}

/** An answer that was cut, filtered, or calls a tool is not the JSON that was asked for, and its finish reason says so. */
function collectAnswer() {
  const pieces: string[] = []
  let finish: FinishReason | undefined
  return {
    read(batch: EventBatch): void {
      for (const event of batch) {
        if (event.type === 'text') pieces.push(event.text)
        else if (event.type === 'finish') finish = event.reason
      }
    },
    text: () => (finish === 'end' || finish === 'stop-sequence' ? pieces.join('') : undefined)
  }
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
