import { CATALOG, type CatalogModel } from './catalog.ts'
import { ACCOUNT, REGION } from './options.ts'
import { Refusal } from './refusal.ts'
import { inRegion } from './regions.ts'
import { OWNED } from './resolve.ts'

const SINCE = '2026-01-01T00:00:00Z'
/** The Regions of a geography, as far as the stand-in lists them. */
export const REGIONS: Readonly<Record<string, readonly string[]>> = {
  us: ['us-east-1', 'us-west-2'],
  eu: ['eu-west-1', 'eu-central-1'],
  apac: ['ap-southeast-1', 'ap-northeast-1'],
  jp: ['ap-northeast-1', 'ap-northeast-3'],
  global: ['us-east-1']
}
const GEO_NAMES: Readonly<Record<string, string>> = { us: 'US', eu: 'EU', apac: 'APAC', jp: 'Japan', global: 'Global' }

type Entry = Readonly<Record<string, unknown>>
type Query = URLSearchParams

const modelArn = (id: string, region: string = REGION) => `arn:aws:bedrock:${region}::foundation-model/${id}`

/** One model as ListFoundationModels and GetFoundationModel tell it. */
function foundationModel(model: CatalogModel): Entry {
  return {
    modelArn: modelArn(model.id),
    modelId: model.id,
    modelName: model.name,
    providerName: model.provider,
    inputModalities: model.input,
    outputModalities: model.output,
    responseStreamingSupported: model.streaming,
    customizationsSupported: [],
    inferenceTypesSupported: model.onDemand ? ['ON_DEMAND'] : ['INFERENCE_PROFILE'],
    modelLifecycle: lifecycle(model)
  }
}

function lifecycle({ lifecycle: status }: CatalogModel): Entry {
  if (status === 'ACTIVE') return { status, startOfLifeTime: SINCE }
  const endOfLifeTime = status === 'EOL' ? '2026-10-01T00:00:00Z' : '2027-04-08T00:00:00Z'
  return { status: 'LEGACY', startOfLifeTime: '2025-01-01T00:00:00Z', legacyTime: '2026-07-08T00:00:00Z', endOfLifeTime }
}

/** The models a query asks for; this list has no pages. */
export function foundationModels(query: Query): readonly Entry[] {
  const wanted = (name: string) => query.get(name)?.toUpperCase()
  const matches = (model: CatalogModel) =>
    (wanted('byProvider') ?? model.provider.toUpperCase()) === model.provider.toUpperCase() &&
    (query.get('byOutputModality') === null || model.output.some((modality) => modality === wanted('byOutputModality'))) &&
    (query.get('byInferenceType') === null || (wanted('byInferenceType') === 'ON_DEMAND') === model.onDemand)
  return CATALOG.filter(matches).map(foundationModel)
}

function systemProfile(model: CatalogModel, geo: string): Entry {
  const id = `${geo}.${model.id}`
  return {
    inferenceProfileId: id,
    inferenceProfileArn: `arn:aws:bedrock:${REGION}:${ACCOUNT}:inference-profile/${id}`,
    inferenceProfileName: `${GEO_NAMES[geo]} ${model.provider} ${model.name}`,
    description: `Routes requests to ${model.name} in ${(REGIONS[geo] ?? []).join(', ')}.`,
    models: (REGIONS[geo] ?? []).map((region) => ({ modelArn: modelArn(model.id, region) })),
    status: 'ACTIVE',
    type: 'SYSTEM_DEFINED',
    createdAt: SINCE,
    updatedAt: '2026-01-01T00:00:00.123Z'
  }
}

function applicationProfile({ arn, id, name, base }: { arn: string; id: string; name: string; base: string }): Entry {
  return {
    inferenceProfileId: id,
    inferenceProfileArn: arn,
    inferenceProfileName: name,
    // A copy of a global profile lists its model without a Region too.
    models: [{ modelArn: modelArn(base) }, ...(arn === OWNED.globalProfile.arn ? [{ modelArn: modelArn(base, '') }] : [])],
    status: 'ACTIVE',
    type: 'APPLICATION',
    createdAt: SINCE,
    updatedAt: SINCE
  }
}

function allProfiles(): readonly Entry[] {
  const alive = CATALOG.filter((model) => model.lifecycle !== 'EOL')
  const system = alive.flatMap((model) => model.profiles.map((geo) => systemProfile(model, geo)))
  const owned = [OWNED.applicationProfile, OWNED.secondProfile, OWNED.newestProfile, OWNED.globalProfile]
  return [...system, ...owned.map(applicationProfile)]
}

/** System profiles, unless the query asks for the account's own. */
export function inferenceProfiles(query: Query): readonly Entry[] {
  const type = query.get('type') ?? query.get('typeEquals') ?? 'SYSTEM_DEFINED'
  return allProfiles().filter((profile) => profile.type === type)
}

/** One profile by id or ARN. */
export function findProfile(idOrArn: string, region?: string): Entry {
  const found = inRegion(allProfiles(), region).find((profile) =>
    [profile.inferenceProfileId, profile.inferenceProfileArn].includes(idOrArn)
  )
  if (found !== undefined) return found
  throw new Refusal('ResourceNotFoundException', 'The provided inference profile could not be found.')
}

/** One foundation model by id or ARN. */
export function findFoundationModel(idOrArn: string): Entry {
  const id = idOrArn.slice(idOrArn.lastIndexOf('/') + 1)
  const found = CATALOG.find((model) => model.id === id)
  if (found !== undefined) return foundationModel(found)
  throw new Refusal('ResourceNotFoundException', 'Could not resolve the foundation model from the provided model identifier.')
}

const { imported, custom, provisioned, deployment, router, endpoint } = OWNED
const times = { creationTime: SINCE, lastModifiedTime: SINCE }

/** What the account owns besides profiles, per list. */
export const OWNED_LISTS = {
  importedModels: [
    { modelArn: imported.arn, modelName: imported.name, instructSupported: true, modelArchitecture: 'qwen3', creationTime: SINCE }
  ],
  customModels: [
    {
      modelArn: custom.arn,
      modelName: custom.name,
      baseModelArn: modelArn(custom.base),
      baseModelName: 'Nova Lite',
      customizationType: 'FINE_TUNING',
      modelStatus: 'Active',
      creationTime: SINCE
    }
  ],
  provisioned: [
    {
      provisionedModelArn: provisioned.arn,
      provisionedModelName: provisioned.name,
      foundationModelArn: modelArn(provisioned.base),
      modelArn: modelArn(provisioned.base),
      desiredModelArn: modelArn(provisioned.base),
      modelUnits: 1,
      desiredModelUnits: 1,
      status: 'InService',
      ...times
    }
  ],
  routers: [
    {
      promptRouterArn: router.arn,
      promptRouterName: router.name,
      models: [{ modelArn: modelArn('amazon.nova-lite-v1:0') }, { modelArn: modelArn('amazon.nova-pro-v1:0') }],
      fallbackModel: { modelArn: modelArn(router.base) },
      routingCriteria: { responseQualityDifference: 0 },
      status: 'AVAILABLE',
      type: 'default',
      createdAt: SINCE,
      updatedAt: SINCE
    }
  ],
  endpoints: [
    {
      endpointArn: endpoint.arn,
      modelSourceIdentifier: `arn:aws:sagemaker:${REGION}:aws:hub-content/SageMakerPublicHub/Model/gemma-3-4b-it/1.0.0`,
      status: 'REGISTERED',
      createdAt: SINCE,
      updatedAt: SINCE
    }
  ],
  deployments: [
    {
      customModelDeploymentArn: deployment.arn,
      customModelDeploymentName: deployment.name,
      modelArn: custom.arn,
      status: 'Active',
      createdAt: SINCE
    }
  ]
} as const satisfies Record<string, readonly Entry[]>
