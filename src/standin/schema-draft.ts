type Node = Readonly<Record<string, unknown>>
type Check = (value: unknown) => boolean

const TYPES = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string']

const isObject = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)
const isSchema: Check = (value) => typeof value === 'boolean' || isObject(value)
const isText: Check = (value) => typeof value === 'string'
const isFlag: Check = (value) => typeof value === 'boolean'
const isNumber: Check = (value) => typeof value === 'number'
const isCount: Check = (value) => Number.isInteger(value) && (value as number) >= 0
const isNames: Check = (value) =>
  Array.isArray(value) && value.every((name) => typeof name === 'string') && new Set(value).size === value.length
const isSchemas: Check = (value) => Array.isArray(value) && value.length > 0 && value.every(isSchema)
const isMap: Check = (value) => isObject(value) && Object.values(value).every(isSchema)
const isType: Check = (value) =>
  TYPES.includes(value as string) || (isNames(value) && (value as string[]).length > 0 && (value as string[]).every(isType))

/** Keywords of draft 2020-12 and what its metaschema asks of each; the schemas inside are asked for themselves. */
const KEYWORDS: Readonly<Record<string, Check>> = {
  $id: (value) => typeof value === 'string' && /^[^#]*#?$/.test(value),
  $schema: isText,
  $ref: isText,
  $anchor: (value) => typeof value === 'string' && /^[A-Za-z_][-A-Za-z0-9._]*$/.test(value),
  $dynamicRef: isText,
  $dynamicAnchor: (value) => typeof value === 'string' && /^[A-Za-z_][-A-Za-z0-9._]*$/.test(value),
  $vocabulary: (value) => isObject(value) && Object.values(value).every(isFlag),
  $comment: isText,
  $defs: isMap,
  definitions: isMap,
  dependencies: (value) => isObject(value) && Object.values(value).every((one) => isSchema(one) || isNames(one)),
  prefixItems: isSchemas,
  items: isSchema,
  contains: isSchema,
  additionalProperties: isSchema,
  properties: isMap,
  patternProperties: (value) => isMap(value) && Object.keys(value as object).every(isPattern),
  dependentSchemas: isMap,
  propertyNames: isSchema,
  if: isSchema,
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: isSchema,
  else: isSchema,
  allOf: isSchemas,
  anyOf: isSchemas,
  oneOf: isSchemas,
  not: isSchema,
  unevaluatedItems: isSchema,
  unevaluatedProperties: isSchema,
  type: isType,
  enum: Array.isArray,
  multipleOf: (value) => isNumber(value) && (value as number) > 0,
  maximum: isNumber,
  exclusiveMaximum: isNumber,
  minimum: isNumber,
  exclusiveMinimum: isNumber,
  maxLength: isCount,
  minLength: isCount,
  pattern: (value) => typeof value === 'string' && isPattern(value),
  maxItems: isCount,
  minItems: isCount,
  uniqueItems: isFlag,
  maxContains: isCount,
  minContains: isCount,
  maxProperties: isCount,
  minProperties: isCount,
  required: isNames,
  dependentRequired: (value) => isObject(value) && Object.values(value).every(isNames),
  title: isText,
  description: isText,
  deprecated: isFlag,
  readOnly: isFlag,
  writeOnly: isFlag,
  examples: Array.isArray,
  format: isText,
  contentEncoding: isText,
  contentMediaType: isText,
  contentSchema: isSchema
}

function isPattern(source: string): boolean {
  try {
    new RegExp(source, 'u')
    return true
  } catch {
    return false
  }
}

/** Tells whether a schema, with all schemas in it, is one by the metaschema of draft 2020-12 (json-schema.org/draft/2020-12/schema). */
export function isDraft2020(schema: unknown): boolean {
  return everyNode(schema).every((node) =>
    Object.entries(node).every(([keyword, value]) => !Object.hasOwn(KEYWORDS, keyword) || KEYWORDS[keyword]?.(value) === true)
  )
}

const ONE = [
  'items',
  'contains',
  'additionalProperties',
  'propertyNames',
  'if',
  'then',
  'else',
  'not',
  'unevaluatedItems',
  'unevaluatedProperties',
  'contentSchema',
  'additionalItems'
]
const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems', 'items']
const MAPS = ['properties', '$defs', 'definitions', 'patternProperties', 'dependentSchemas', 'dependencies']

/** A schema and all schemas in it, wherever a draft puts them. */
export function everyNode(schema: unknown): readonly Node[] {
  if (!isObject(schema)) return []
  const maps = MAPS.flatMap((name) => (isObject(schema[name]) ? Object.values(schema[name]) : []))
  const lists = LISTS.flatMap((name) => (Array.isArray(schema[name]) ? (schema[name] as unknown[]) : []))
  return [schema, ...[...maps, ...lists, ...ONE.map((name) => schema[name])].flatMap(everyNode)]
}

/** What a local reference leads to, as a JSON Pointer; undefined: nothing. */
export function pointedAt(root: Node, ref: string): unknown {
  if (ref === '#') return root
  if (!ref.startsWith('#/')) return undefined
  return ref
    .slice(2)
    .split('/')
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((node, step) => {
      if (Array.isArray(node)) return node[Number(step)]
      return isObject(node) && Object.hasOwn(node, step) ? node[step] : undefined
    }, root)
}
