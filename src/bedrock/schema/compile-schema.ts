import { keepNewest } from '../../core/bounded.ts'
import { plainNumbers } from '../../core/exact-json.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { multiplies } from './schema-paths.ts'

/** Tells whether a value fits a schema. */
export type FitsSchema = (value: Json) => boolean

/** Gives the check of a schema; undefined where it cannot be checked. Ajv is loaded with the first one. */
export type SchemaCompiler = (schema: JsonObject) => Promise<FitsSchema | undefined>

/** Schemas kept compiled. Callers send the same few with every request. */
const MOST_SCHEMAS = 64
/** Compiling takes time on the one thread that all requests share. Characters of JSON. */
const LONGEST_SCHEMA = 32_768

/**
 * Makes a compiler of callers' JSON Schemas that keeps the latest. It never throws and never fetches: a schema that is too
 * long, refers elsewhere, would take too long to check, or is none is simply not checked.
 */
export function createSchemaCompiler(): SchemaCompiler {
  const compiled = new Map<string, FitsSchema | undefined>()

  return async (schema) => {
    const key = JSON.stringify(schema)
    if (key.length > LONGEST_SCHEMA) return undefined
    const compile = await loadAjv()
    const fits = compiled.has(key) ? compiled.get(key) : compile(plainNumbers(schema))
    keepNewest(compiled, key, fits, MOST_SCHEMAS)
    return fits
  }
}

async function loadAjv(): Promise<(schema: JsonObject) => FitsSchema | undefined> {
  const { Ajv2020 } = await import('ajv/dist/2020.js')
  return (schema) => {
    // An instance keeps every schema it has seen, and an `$id` may be taken once only: each schema gets its own.
    const ajv = new Ajv2020({
      strict: false,
      validateSchema: false,
      validateFormats: false,
      logger: false,
      // To see whether a definition can be inlined Ajv 8.20 walks every list in it twice, and lists in lists 2^n times.
      inlineRefs: false,
      messages: false,
      code: { regExp: anyPattern, optimize: false }
    })
    // It compares every item with every other one.
    ajv.removeKeyword('uniqueItems')
    const { $schema: _dialect, $id: _id, $async: _async, ...bare } = schema
    try {
      if (isLarge(bare) || multiplies(bare)) return undefined
      return carefully(ajv.compile<unknown>(bare))
    } catch {
      return undefined
    }
  }
}

/** Ajv writes code for each schema inside a schema, 0.1 ms on one slow core: 400 of them keep the loop for less than 50 ms. */
const MOST_OBJECTS = 400
/** Names and constants become code too. */
const MOST_VALUES = 4000

function isLarge(root: Json): boolean {
  let objects = 0
  let values = 0
  const open: Json[] = [root]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (++values > MOST_VALUES) return true
    if (typeof node !== 'object' || node === null) continue
    if (!Array.isArray(node) && ++objects > MOST_OBJECTS) return true
    for (const inner of Object.values(node)) open.push(inner)
  }
  return false
}

/** A value nested deeper than the stack cannot be checked, which is no fault of the answer's. */
function carefully(check: (value: unknown) => unknown): FitsSchema {
  return (value) => {
    try {
      return check(value) === true
    } catch {
      return true
    }
  }
}

/** A caller's pattern can be made to run for ever, so none is run: patterns are the one thing that is taken as met. */
const anyPattern = Object.assign(() => ({ test: () => true }), { code: 'anyPattern' })
