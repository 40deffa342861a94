import { stableHash } from '../../core/stable-hash.ts'

/** What a call of a tool comes back as. */
export type ToolKind = 'function' | 'custom' | 'tool_search' | 'local_shell' | 'shell' | 'apply_patch'

/** A tool as its caller knows it. */
export interface ToolIdentity {
  readonly kind: ToolKind
  readonly name: string
  readonly namespace?: string
}

/** The tools of one request by the names that the model sees. */
export type ToolTable = ReadonlyMap<string, ToolIdentity>

/**
 * The name that the model sees. A member of a namespace carries both names; where another tool has that name already, a hash tells them
 * apart. The same tools give the same names in each request.
 */
export function modelName({ namespace, name }: Pick<ToolIdentity, 'name' | 'namespace'>, taken: ToolTable): string {
  if (namespace === undefined) return name
  const joined = `${namespace}__${name}`
  const holder = taken.get(joined)
  if (holder === undefined || (holder.namespace === namespace && holder.name === name)) return joined
  return `${joined}_${stableHash(`${namespace}\n${name}`).toString(36)}`
}

/** Who a name that the model used belongs to; a name of nobody's is a function's, as the client will say. */
export function identityOf(name: string, table: ToolTable): ToolIdentity {
  return table.get(name) ?? { kind: 'function', name }
}
