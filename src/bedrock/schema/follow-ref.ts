import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'

/** No schema that people write has a longer reference. Characters. */
const LONGEST_REF = 4096

/** What a local `$ref` of a schema points at, as a JSON Pointer (RFC 6901) in a URI fragment; undefined where there is nothing. */
export function followRef(root: JsonObject, ref: string): Json | undefined {
  if (ref.length > LONGEST_REF) return undefined
  const steps = ref
    .replace(/^#\/?/, '')
    .split('/')
    .filter((step) => step !== '')
  return steps.reduce<Json | undefined>((node, step) => child(node, step), root)
}

function child(node: Json | undefined, step: string): Json | undefined {
  const name = readStep(step)
  if (Array.isArray(node)) return /^\d{1,9}$/.test(name) ? (node as readonly Json[])[Number(name)] : undefined
  return isJsonObject(node) && Object.hasOwn(node, name) ? node[name] : undefined
}

/** The name that a step of a pointer stands for. */
export function readStep(step: string): string {
  return decodePercent(step).replaceAll('~1', '/').replaceAll('~0', '~')
}

function decodePercent(step: string): string {
  if (!step.includes('%')) return step
  try {
    return decodeURIComponent(step)
  } catch {
    return step // a name with a sign of its own, as clients write that escape nothing
  }
}
