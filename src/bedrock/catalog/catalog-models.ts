import type { FoundationModelSummary, InferenceProfileSummary } from '@aws-sdk/client-bedrock'
import type { ModelInfo, ModelKind } from '../../core/model.ts'
import { globMatch } from '../../models/glob.ts'
import { baseModelId, regionOfArn } from '../../models/resolve.ts'
import type { CatalogLists } from './catalog-lists.ts'
import type { MantleModel } from './mantle-models.ts'

export interface CatalogModels {
  /** What can be called, in a steady order. */
  readonly models: readonly ModelInfo[]
  /** Everything any list tells of, by id, by ARN, and by the name an account gave it. */
  readonly known: ReadonlyMap<string, ModelInfo>
}

/** A model with the other names it goes by. */
interface Entry {
  readonly model: ModelInfo
  readonly names: readonly (string | undefined)[]
}

/** Looks like a model for text, but is asked in another way: rerankers, and speech over a stream in both directions. */
const NOT_FOR_CHAT = ['*rerank*', '*sonic*']
const OUTPUTS = ['text', 'image', 'embedding']

/** Joins the lists. A list that is absent hides nothing of the others. */
export function joinLists(lists: Partial<CatalogLists>): CatalogModels {
  const foundations = (lists.foundation ?? []).flatMap(foundation)
  const bases = new Map(foundations.map(({ model }) => [model.id, model]))
  const entries = [
    ...foundations,
    ...(lists.systemProfiles ?? []).flatMap((summary) => profile(summary, 'profile', bases)),
    ...(lists.applicationProfiles ?? []).flatMap((summary) => profile(summary, 'application-profile', bases)),
    ...accountModels(lists, bases),
    ...mantleModels(lists.mantle ?? [], bases)
  ]
  const known = new Map<string, ModelInfo>()
  // Ids first: a name that an account gives must never take the place of an id.
  for (const { model } of entries) if (!known.has(model.id)) known.set(model.id, model)
  for (const { model, names } of entries)
    for (const name of names) if (name !== undefined && !known.has(name)) known.set(name, model)
  return { models: entries.map(({ model }) => model).filter((model) => model.onDemand && isShown(model)), known }
}

/** One application profile that no list tells of; undefined when it cannot be called. */
export function applicationProfile(
  summary: InferenceProfileSummary,
  known: ReadonlyMap<string, ModelInfo>
): ModelInfo | undefined {
  return profile(summary, 'application-profile', known)[0]?.model
}

function isShown(model: ModelInfo): boolean {
  if (NOT_FOR_CHAT.some((glob) => globMatch(glob, model.baseId))) return false
  return model.output === undefined || model.output.some((kind) => OUTPUTS.includes(kind))
}

function foundation(summary: FoundationModelSummary): Entry[] {
  const { modelId, modelArn, modelName, providerName, modelLifecycle, responseStreamingSupported } = summary
  if (modelId === undefined) return []
  const model: ModelInfo = {
    id: modelId,
    baseId: baseModelId(modelId),
    kind: 'foundation',
    // The SDK's types do not know INFERENCE_PROFILE, which the service answers for models that want one.
    onDemand: summary.inferenceTypesSupported?.includes('ON_DEMAND') ?? true,
    ...(modelName === undefined ? {} : { name: modelName }),
    ...(providerName === undefined ? {} : { owner: providerName }),
    ...seconds('created', modelLifecycle?.startOfLifeTime),
    ...modalities(summary),
    ...(responseStreamingSupported === undefined ? {} : { streaming: responseStreamingSupported }),
    ...(modelLifecycle?.status === undefined ? {} : { lifecycle: modelLifecycle.status }),
    ...seconds('endOfLife', modelLifecycle?.endOfLifeTime)
  }
  return [{ model, names: [modelArn] }]
}

function modalities({ inputModalities, outputModalities }: FoundationModelSummary): Pick<ModelInfo, 'input' | 'output'> {
  return {
    ...(inputModalities === undefined ? {} : { input: inputModalities.map((kind) => kind.toLowerCase()) }),
    ...(outputModalities === undefined ? {} : { output: outputModalities.map((kind) => kind.toLowerCase()) })
  }
}

function profile(
  summary: InferenceProfileSummary,
  kind: 'profile' | 'application-profile',
  bases: ReadonlyMap<string, ModelInfo>
): Entry[] {
  const { inferenceProfileId, inferenceProfileArn, inferenceProfileName, status, models, createdAt } = summary
  const id = kind === 'profile' ? inferenceProfileId : inferenceProfileArn
  if (id === undefined || (status !== undefined && status !== 'ACTIVE')) return []
  const sources = (models ?? []).flatMap(({ modelArn }) => modelArn ?? [])
  const [source] = sources
  const model = derived({ id, kind, name: inferenceProfileName, source, created: createdAt }, bases)
  return [
    {
      model: kind === 'profile' ? model : { ...model, copies: routingOf(sources) },
      names: kind === 'profile' ? [inferenceProfileArn] : [inferenceProfileName, inferenceProfileId]
    }
  ]
}

/** A global profile lists its model without a Region too, one of a geography in several Regions. */
function routingOf(arns: readonly string[]): 'global' | 'geo' | 'in_region' {
  if (arns.some((arn) => arn.startsWith('arn:') && regionOfArn(arn) === undefined)) return 'global'
  return arns.length > 1 ? 'geo' : 'in_region'
}

function accountModels(lists: Partial<CatalogLists>, bases: ReadonlyMap<string, ModelInfo>): Entry[] {
  const trainedFrom = new Map((lists.custom ?? []).map((model) => [model.modelArn, model.baseModelArn]))
  const named = (source: Source): Entry => ({ model: derived(source, bases), names: [source.name] })
  return [
    ...(lists.provisioned ?? []).flatMap(
      ({ provisionedModelArn: id, provisionedModelName: name, foundationModelArn, creationTime }) =>
        id === undefined ? [] : named({ id, kind: 'provisioned', name, source: foundationModelArn, created: creationTime })
    ),
    ...(lists.deployments ?? []).flatMap(
      ({ customModelDeploymentArn: id, customModelDeploymentName: name, modelArn, createdAt }) =>
        id === undefined
          ? []
          : named({ id, kind: 'custom', name, source: trainedFrom.get(modelArn) ?? modelArn, created: createdAt })
    ),
    ...(lists.imported ?? [])
      .filter((model) => model.instructSupported !== false)
      .flatMap(({ modelArn: id, modelName: name, modelArchitecture, creationTime }) =>
        id === undefined
          ? []
          : named({ id, kind: 'imported', name, source: `imported.${modelArchitecture ?? 'model'}`, created: creationTime })
      ),
    ...(lists.routers ?? []).flatMap(({ promptRouterArn: id, promptRouterName: name, fallbackModel, models, createdAt }) =>
      id === undefined
        ? []
        : named({
            id,
            kind: 'prompt-router',
            name,
            source: fallbackModel?.modelArn ?? models?.[0]?.modelArn,
            created: createdAt
          })
    ),
    ...(lists.marketplace ?? [])
      .filter((endpoint) => endpoint.status === undefined || endpoint.status === 'REGISTERED')
      .flatMap(({ endpointArn: id, modelSourceIdentifier, createdAt }) =>
        id === undefined
          ? []
          : named({
              id,
              kind: 'marketplace',
              name: lastPart(id),
              source: `marketplace.${lastPart(modelSourceIdentifier ?? 'model')}`,
              created: createdAt
            })
      )
  ]
}

/** What no other list tells of. Mantle's ids have no version behind them, the others' may (`openai.gpt-oss-120b-1:0`). */
function mantleModels(listed: readonly MantleModel[], bases: ReadonlyMap<string, ModelInfo>): Entry[] {
  const elsewhere = new Set([...bases.keys()].map((id) => id.replace(/-\d+:\d+$/, '')))
  return listed
    .filter(({ id }) => !elsewhere.has(id))
    .map(({ id, created, owned_by }) => ({
      model: {
        id,
        baseId: id,
        kind: 'mantle',
        onDemand: true,
        ...(created === undefined ? {} : { created }),
        ...(owned_by === undefined ? {} : { owner: owned_by })
      },
      names: []
    }))
}

interface Source {
  readonly id: string
  readonly kind: ModelKind
  readonly name: string | undefined
  /** ARN or id of the model behind it. */
  readonly source: string | undefined
  readonly created: Date | undefined
}

/** What a model has from the foundation model behind it. */
function derived({ id, kind, name, source, created }: Source, bases: ReadonlyMap<string, ModelInfo>): ModelInfo {
  const baseId = baseModelId(source ?? id)
  const { onDemand: _, ...base } = bases.get(baseId) ?? { onDemand: true }
  return { ...base, id, baseId, kind, onDemand: true, ...(name === undefined ? {} : { name }), ...seconds('created', created) }
}

function seconds<K extends 'created' | 'endOfLife'>(key: K, date: Date | undefined): { [P in K]?: number } {
  return date === undefined ? {} : ({ [key]: Math.floor(date.getTime() / 1000) } as { [P in K]?: number })
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}
