import type { SamplingName } from './request.ts'

/**
 * Fields of a request by the core's own names. What is wrong with a request is said of these inside the gateway;
 * only a dialect knows how its caller wrote them.
 */
export type CoreField =
  | 'model'
  | 'turns'
  | 'stream'
  | 'maxTokens'
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'stop'
  | 'tools'
  | 'toolChoice'
  | 'parallelToolCalls'
  | 'output'
  | 'output.strict'
  | 'reasoning'
  | 'reasoning.budgetTokens'
  | 'reasoning.display'
  | 'serviceTier'
  | 'latency'
  | 'guardrail'
  | 'metadata'
  | 'cache'
  | 'cache.ttl'
  | 'betas'
  | 'extraFields'
  | 'responseFieldPaths'
  | 'webSearch'
  | 'finish'
  | 'inputs'
  | 'dimensions'
  | 'purpose'
  | 'truncate'
  | 'picture.size'
  | 'picture.quality'
  | 'picture.format'
  | 'picture.background'
  | 'picture.mask'
  | 'contextManagement'
  | SamplingField
  | ExtraField

/** A member of `sampling`. */
export type SamplingField = `sampling.${SamplingName}`

/** A member of `extraFields`, by its path. */
export type ExtraField = `extraFields.${string}`

/** Every path under which one caller wrote a field, the one that counts first; where they wrote none, the usual word. */
export type Spelling = readonly [string, ...string[]]

/** How the caller of one request wrote a field. */
export type Spell = (field: CoreField) => Spelling

/** Where something is wrong: a field by its core name, or a path as the caller wrote it (`tools[0].strict`). */
export type Place = { readonly field: CoreField } | { readonly param: string }

/** The place of a part of the conversation, by its path where the caller's request has one. */
export function placeOf(path: string | undefined): Place {
  return path === undefined ? { field: 'turns' } : { param: path }
}

/** The paths of a place in the caller's own words. */
export function spelt(place: Place, spell: Spell): Spelling {
  return 'param' in place ? [place.param] : spell(place.field)
}
