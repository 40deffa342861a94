import type { Json } from '../../core/json.ts'
import { type EncodeScope, isOmitted } from '../prepare/encode-scope.ts'

/** Names under which newer clients ask for an older flag. */
const ALIASES: Readonly<Record<string, string>> = { 'advanced-tool-use-2025-11-20': 'tool-search-tool-2025-10-19' }

/**
 * The beta flags to send. Only flags known to be accepted pass, since one unknown flag fails the whole request;
 * flags in the caller's native fields are the caller's own risk and pass as they are.
 */
export function encodeBetas(encoding: EncodeScope, own: readonly string[], native: Json | undefined): readonly string[] {
  const { request, target, traits, warn } = encoding
  const context = target.longContext === true ? traits.longContextBeta : ''
  if (request.betas === undefined && own.length === 0 && native === undefined && context === '') return own
  const refusesAll = isOmitted(encoding, 'betas')
  const asked = (request.betas ?? []).map((flag) => (Object.hasOwn(ALIASES, flag) ? ALIASES[flag]! : flag))
  const known = asked.filter((flag) => !refusesAll && traits.betas.includes(flag))
  if (known.length < asked.length) warn('betas', 'the model does not take every flag given')
  const given = Array.isArray(native) ? native.filter((flag: Json) => typeof flag === 'string') : []
  return [...new Set([...(refusesAll ? [] : [...given, ...own, ...(context === '' ? [] : [context])]), ...known])]
}
