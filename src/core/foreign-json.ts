import { isRawNumber, replaceLeaves } from './exact-json.ts'

/** Members, in whatever dialect, that hold JSON for models, tools and logs: schemas, arguments, native fields, pairs. The gateway hands it on. */
const FOREIGN = new Set([
  'additional_model_request_fields',
  'arguments',
  'extra_body',
  'input',
  'inputSchema',
  'input_schema',
  'json',
  'metadata',
  'parameters',
  'schema'
])
/** Lists of such JSON: what is ranked may be objects of any kind, and a tool's inputs too. */
const FOREIGN_LISTS = new Set(['documents', 'input_examples'])

/** Makes the numbers of a body plain ones, but for those inside foreign objects, which go out with the digits they came with. */
export function plainOutside(body: unknown): unknown {
  const holder = [body]
  replaceLeaves(holder, plain, (name, inner) => !(Array.isArray(inner) ? FOREIGN_LISTS : FOREIGN).has(name))
  return holder[0]
}

/** The same for one member of a foreign object that turns out to be the dialect's own. */
export function plainMember<T>(name: string, value: T): T {
  return FOREIGN.has(name) ? value : (plainOutside(value) as T)
}

function plain(leaf: unknown): unknown {
  return isRawNumber(leaf) ? Number(leaf.rawJSON) : leaf
}
