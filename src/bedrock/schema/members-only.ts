import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'

const TYPES: ReadonlySet<Json> = new Set(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'])

/** What no model refuses of the schema of a tool: the names of its members with their types and descriptions, and which of them are required. */
export function membersOnly(schema: JsonObject): JsonObject {
  const members = Object.entries(isJsonObject(schema.properties) ? schema.properties : {})
  const names = new Set(members.map(([name]) => name))
  const required = Array.isArray(schema.required)
    ? schema.required.filter((name: Json) => typeof name === 'string' && names.has(name))
    : []
  return {
    type: 'object',
    properties: Object.fromEntries(members.map(([name, member]) => [name, plainMember(member)])),
    ...(required.length === 0 ? {} : { required })
  }
}

function plainMember(member: Json): JsonObject {
  if (!isJsonObject(member)) return {}
  const { type, description } = member
  return {
    ...(type !== undefined && TYPES.has(type) ? { type } : {}),
    ...(typeof description === 'string' ? { description } : {})
  }
}
