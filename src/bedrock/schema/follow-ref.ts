import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'

/** What a local `$ref` of a schema points at; undefined where there is nothing. */
export function followRef(root: JsonObject, ref: string): Json | undefined {
  const steps = ref
    .replace(/^#\/?/, '')
    .split('/')
    .filter((step) => step !== '')
  return steps.reduce<Json | undefined>((node, step) => (isJsonObject(node) ? node[step] : undefined), root)
}
