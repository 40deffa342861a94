import { isJsonObject, isSameJson, type Json, type JsonObject } from '../../core/json.ts'
import { followRef, readRef, writeRef } from './follow-ref.ts'
import { mapSchema } from './map-schema.ts'

/**
 * The schema `made`, with every local reference meaning what it meant in `root`, from whose parts it was made: what is not in its old
 * place any more, the root itself among it, is put into `$defs`.
 */
export function keepRefs(root: JsonObject, made: JsonObject): JsonObject {
  /** Where each target stands now. */
  const moved = new Map<Json, string>()
  const taken = new Set(isJsonObject(made.$defs) ? Object.keys(made.$defs) : [])
  const definitions: Record<string, Json> = {}

  function keep(node: Json): Json {
    if (!isJsonObject(node)) return node
    const kept = mapSchema(node, keep)
    const { $ref } = node
    return typeof $ref === 'string' ? { ...kept, $ref: newRef($ref) } : kept
  }

  function newRef(ref: string): string {
    const target = followRef(root, ref)
    if (target === undefined) return ref
    const key = isJsonObject(target) ? target : ref
    const known = moved.get(key)
    if (known !== undefined) return known
    const there = followRef(made, ref)
    if (there === target || isSameJson(there, target)) {
      moved.set(key, ref)
      return ref
    }
    const name = newName(ref, taken)
    const place = writeRef(['$defs', name])
    moved.set(key, place)
    taken.add(name)
    definitions[name] = keep(target === root ? withoutDefinitions(root) : target)
    return place
  }

  const kept = keep(made) as JsonObject
  if (Object.keys(definitions).length === 0) return kept
  return { ...kept, $defs: { ...(isJsonObject(kept.$defs) ? kept.$defs : {}), ...definitions } }
}

/** Made of where it stood, so that it is the same in every request. */
function newName(ref: string, taken: ReadonlySet<string>): string {
  const steps = readRef(ref)?.map(({ name }) => name.replace(/\W/g, '_')) ?? []
  const plain = steps.length === 0 ? 'root' : steps.slice(-4).join('_').slice(0, 48)
  for (let count = 1; ; count++) {
    const name = count === 1 ? plain : `${plain}_${count}`
    if (!taken.has(name)) return name
  }
}

/** References begin at the root of the whole, where its definitions stay. */
function withoutDefinitions({ $defs: _defs, definitions: _definitions, ...own }: JsonObject): JsonObject {
  return own
}
