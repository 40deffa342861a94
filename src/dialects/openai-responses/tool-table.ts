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
export class ToolTable {
  private readonly tools = new Map<string, ToolIdentity>()
  /** The names that the model sees, by the tools' own: a conversation may have thousands of calls by these. */
  private readonly byOwnName = new Map<string, Set<string>>()

  get(name: string): ToolIdentity | undefined {
    return this.tools.get(name)
  }

  set(name: string, tool: ToolIdentity): void {
    this.byOwnName.get(this.tools.get(name)?.name ?? '')?.delete(name)
    this.tools.set(name, tool)
    const known = this.byOwnName.get(tool.name)
    if (known === undefined) this.byOwnName.set(tool.name, new Set([name]))
    else known.add(name)
  }

  /** What the model sees in place of a tool's own name; undefined where none has it, or several. */
  onlyNameOf(own: string): string | undefined {
    const names = this.byOwnName.get(own)
    return names?.size === 1 ? [...names][0] : undefined
  }
}

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

/**
 * The name by which the model knows a tool that somebody has named. A bare name can be a namespace's member, if it is the only one of
 * that name: so Codex sends calls of them back (0.171). Undefined: nobody's.
 */
export function knownName(named: Pick<ToolIdentity, 'name' | 'namespace'>, table: ToolTable): string | undefined {
  const name = modelName(named, table)
  if (table.get(name) !== undefined) return name
  return named.namespace === undefined ? table.onlyNameOf(named.name) : undefined
}

/** Who a name that the model used belongs to; a name of nobody's is a function's, as the client will say. */
export function identityOf(name: string, table: ToolTable): ToolIdentity {
  return table.get(knownName({ name }, table) ?? '') ?? { kind: 'function', name }
}
