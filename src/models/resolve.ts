import type { ModelInfo } from '../core/model.ts'
import { baseModelId, geographyOf, hasGeography, regionOfArn } from './base-model.ts'
import { geographies } from './geography.ts'
import { globMatch, isGlob } from './glob.ts'
import type { ModelTarget } from './model-target.ts'
import { newestOf } from './newest-of.ts'
import { type PlainName, plainName } from './plain-name.ts'
import type { Purpose } from './purpose.ts'
import { traitsFor } from './traits.ts'

export { baseModelId, regionOfArn } from './base-model.ts'
export { plainName } from './plain-name.ts'

/** What the catalogue tells of a model, as far as names go. */
export type KnownModel = Pick<ModelInfo, 'id' | 'baseId' | 'name' | 'onDemand' | 'kind' | 'lifecycle'>

export interface ResolveContext {
  readonly aliases: Readonly<Record<string, string | readonly string[]>>
  readonly defaultModel: string
  readonly defaultEmbeddingModel: string
  readonly defaultImageModel: string
  readonly defaultRerankModel: string
  readonly region: string
  /** By id and by friendly name; may be empty. */
  readonly known: ReadonlyMap<string, KnownModel>
  /** `false`: a base id is called as it stands, never through a profile. */
  readonly crossRegion: boolean
}

// Clients with a fixed model list ask for OpenAI's own names. gpt-oss is served by Bedrock and is meant as it is.
const OPENAI_CHAT = ['gpt-*', 'chatgpt-*', 'o1*', 'o3*', 'o4*']
const OPENAI_OSS = 'gpt-oss*'
const OPENAI_EMBEDDING = 'text-embedding-*'
const OPENAI_IMAGE = ['gpt-image*', 'chatgpt-image*', 'dall-e*']
/** Rerankers' ids end in `:0`, which people leave away. */
const UNVERSIONED = /^[a-z]+\.rerank-[^:]+$/
/** Cohere's own names, and Jina's, whose shape of the endpoint many clients have. */
const RERANKERS = ['rerank-*', 'jina-reranker-*']

/**
 * Turns the name a caller asked for into the models to try, in order. Never fails: what no list knows is called as it stands,
 * so that a new id or somebody's ARN works before any list has heard of it.
 */
export function resolveModel(asked: string, purpose: Purpose, context: ResolveContext): readonly [ModelTarget, ...ModelTarget[]] {
  const names = expand({ name: asked }, purpose, context, [])
  const [first = target({ name: asked }, context), ...rest] = unique(names.map((name) => target(name, context)))
  return [first, ...rest]
}

/** Follows aliases and OpenAI's names, and takes off what other tools write around one; `seen` breaks the circle of an alias that names itself. */
function expand(asked: PlainName, purpose: Purpose, context: ResolveContext, seen: readonly string[]): readonly PlainName[] {
  const { name, ...wishes } = asked
  if (seen.includes(name)) return [asked]
  const next = (names: readonly PlainName[]) =>
    names.flatMap((each) => expand({ ...wishes, ...each }, purpose, context, [...seen, name]))
  const aliased = aliasOf(name, context.aliases)
  if (aliased.length > 0) return next(aliased.map((alias) => ({ name: alias })))
  if (context.known.has(name)) return [asked]
  const plain = plainName(name)
  if (plain.name !== name) return next([plain])
  const family = purpose === 'chat' ? newestOf(name, context.known) : []
  if (family.length > 0) return next(family.map((each) => ({ name: each })))
  const replacement = replaceOpenAi(name, purpose, context)
  return replacement === undefined || replacement === name ? [asked] : next([{ name: replacement }])
}

function aliasOf(asked: string, aliases: ResolveContext['aliases']): readonly string[] {
  const exact = Object.hasOwn(aliases, asked) ? asked : undefined
  const key = exact ?? Object.keys(aliases).find((pattern) => isGlob(pattern) && globMatch(pattern, asked))
  const value = key === undefined ? [] : (aliases[key] ?? [])
  return typeof value === 'string' ? [value] : value
}

function replaceOpenAi(asked: string, purpose: Purpose, context: ResolveContext): string | undefined {
  const fits = (patterns: readonly string[]) => patterns.some((pattern) => globMatch(pattern, asked))
  switch (purpose) {
    case 'embedding':
      return fits([OPENAI_EMBEDDING]) ? context.defaultEmbeddingModel : undefined
    case 'image':
      return fits(OPENAI_IMAGE) ? context.defaultImageModel : undefined
    case 'rerank':
      if (fits(RERANKERS)) return context.defaultRerankModel
      return UNVERSIONED.test(asked) ? `${asked}:0` : undefined
    case 'chat':
      return !globMatch(OPENAI_OSS, asked) && fits(OPENAI_CHAT) ? context.defaultModel : undefined
  }
}

function target({ name: asked, ...wishes }: PlainName, context: ResolveContext): ModelTarget {
  const known = context.known.get(asked) ?? shorthand(asked, context.known)
  const id = known?.id ?? asked
  const region = regionOfArn(asked)
  if (region !== undefined) return { id, baseId: known?.baseId ?? baseModelId(id), ...wishes, region }
  const baseId = known?.baseId ?? baseModelId(id)
  if (known?.kind === 'mantle') return { id, baseId, isMantleOnly: true, ...wishes }
  if (!needsProfile(id, baseId, known, context)) return { id, baseId, ...wishes }
  return { id: `${profileGeography(baseId, context)}.${baseId}`, baseId, anyGeography: true, ...wishes }
}

/** Behind a model's name in an id: a date, a version. */
const VERSION = /^(?:-\d{8})?(?:-v\d+(?::\d+)?)?$/

/** `gpt-oss-120b` or `claude-sonnet-4-6`: the catalogue's id without provider and version. Only where it is the one that fits. */
function shorthand(asked: string, known: ReadonlyMap<string, KnownModel>): KnownModel | undefined {
  if (asked.includes('.') || asked.includes(':')) return undefined
  return theOne(asked, known) ?? (OTHER_END.test(asked) ? theOne(asked.replace(OTHER_END, ''), known) : undefined)
}

/** Anthropic's names of a version that has no second number: `claude-sonnet-4-0`. */
const OTHER_END = /-0$/

function theOne(asked: string, known: ReadonlyMap<string, KnownModel>): KnownModel | undefined {
  const fits = [...known.values()].filter((model) => {
    if (model.kind !== 'foundation') return false
    const name = model.id.slice(model.id.indexOf('.') + 1)
    return (
      name === asked || /^[-:](?:v?\d+(?::\d+)?|\d{8}-v\d+:\d+)$/.test(name.startsWith(asked) ? name.slice(asked.length) : '')
    )
  })
  // `-6` may be a version of the edition or of the model: where both are there, the plain name is meant.
  const exact = fits.filter(({ id }) => VERSION.test(id.slice(id.indexOf('.') + 1 + asked.length)))
  return only(fits) ?? only(exact)
}

function only(models: readonly KnownModel[]): KnownModel | undefined {
  return models.find((model) => models.every((other) => other.id === model.id))
}

function needsProfile(id: string, baseId: string, known: KnownModel | undefined, context: ResolveContext): boolean {
  if (!context.crossRegion || id !== baseId || id.startsWith('arn:') || hasGeography(id)) return false
  if (known !== undefined) return known.kind === 'foundation' && !known.onDemand
  return traitsFor(baseId).profileOnly
}

/** The nearest geography whose profile the catalogue lists; else the nearest the table knows of; else the region's own. */
function profileGeography(baseId: string, context: ResolveContext): string {
  const near = geographies(context.region)
  const { profiles } = traitsFor(baseId)
  return (
    near.find((prefix) => context.known.has(`${prefix}.${baseId}`)) ?? near.find((prefix) => profiles.includes(prefix)) ?? near[0]
  )
}

function unique(targets: readonly ModelTarget[]): readonly ModelTarget[] {
  return targets.filter(
    (item, index) => targets.findIndex((other) => other.id === item.id && other.region === item.region) === index
  )
}

/**
 * The target as a region calls it. A profile the gateway chose becomes the one of the region's geography; a profile the caller named
 * is never taken to another: where it cannot be called there is no target.
 */
export function targetIn(region: string, target: ModelTarget): ModelTarget | undefined {
  const geography = geographyOf(target.id)
  const near = geographies(region)
  if (geography === undefined || near.includes(geography)) return target
  if (target.anyGeography === undefined) return undefined
  const { profiles } = traitsFor(target.baseId)
  const own = near.find((name) => profiles.includes(name))
  return own === undefined ? undefined : { ...target, id: `${own}.${target.baseId}` }
}

// Sonnet 4.6 and not a newer one: it still takes temperature, forced tools and native structured output,
// which is what clients written for gpt-* send. As of 2026-11.
const SONNET = 'anthropic.claude-sonnet-4-6'

// GovCloud is a version behind.
const SONNET_GOV = 'us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0'

/** What `gpt-*` becomes where the operator named no model: a current Claude Sonnet profile for the region's geography. */
export function defaultChatModel(region: string): string {
  const [nearest, ...rest] = geographies(region)
  if (nearest === 'us-gov') return SONNET_GOV
  const { profiles } = traitsFor(SONNET)
  const prefix = [nearest, ...rest].find((name) => profiles.includes(name)) ?? 'global'
  return `${prefix}.${SONNET}`
}
