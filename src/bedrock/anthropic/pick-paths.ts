import { isJsonObject, type Json, type JsonObject, mergeDeep } from '../../core/json.ts'
import { nested } from '../converse/nested.ts'

/** The members of an object that JSON pointers name, where they stood. Those that are not there are left out. */
export function pickPaths(from: JsonObject, paths: readonly string[]): JsonObject {
  return paths.reduce<JsonObject>((picked, path) => {
    const names = path.split('/').slice(1)
    const value = names.reduce<Json | undefined>((at, name) => (isJsonObject(at) ? at[name] : undefined), from)
    return value === undefined || value === null ? picked : mergeDeep(picked, nested(names.join('.'), value))
  }, {})
}
