import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { holdsMember } from './map-schema.ts'

/** No schema that people write has a longer reference, and taking a long one apart takes time. Characters. */
const LONGEST_REF = 4096

/** One step of a local reference. */
export interface RefStep {
  /** As it stands in the reference. */
  readonly written: string
  /** What it stands for. */
  readonly name: string
  /** The keyword that this is a member of: `properties` of the name of a property; empty: it is a keyword itself. */
  readonly under: string
}

/** The steps of a local `$ref`, a JSON Pointer (RFC 6901) in a URI fragment; undefined: it leads elsewhere, or is too long to be one. */
export function readRef(ref: string): readonly RefStep[] | undefined {
  if (ref.length > LONGEST_REF || !ref.startsWith('#')) return undefined
  const pointer = ref.replace(/^#\/?/, '')
  const steps: RefStep[] = []
  let holder = ''
  for (const written of pointer === '' ? [] : pointer.split('/')) {
    const name = readStep(written)
    const under = holder !== '' && holdsMember(holder, name) ? holder : ''
    steps.push({ written, name, under })
    holder = under === '' ? name : ''
  }
  return steps
}

/** What a local `$ref` of a schema points at; undefined where there is nothing. */
export function followRef(root: JsonObject, ref: string): Json | undefined {
  return readRef(ref)?.reduce<Json | undefined>((node, { name }) => childOf(node, name), root)
}

/** The member of an object, or the item of a list, by its name in a reference. */
export function childOf(node: Json | undefined, name: string): Json | undefined {
  if (Array.isArray(node)) return /^\d{1,9}$/.test(name) ? (node as readonly Json[])[Number(name)] : undefined
  return isJsonObject(node) && Object.hasOwn(node, name) ? node[name] : undefined
}

/** A local `$ref` with these steps. */
export function writeRef(steps: readonly string[]): string {
  return ['#', ...steps].join('/')
}

function readStep(step: string): string {
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
