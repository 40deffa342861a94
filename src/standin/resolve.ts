import { CATALOG, type CatalogModel, faultModel } from './catalog.ts'
import { ACCOUNT, REGION } from './options.ts'
import { invalid, Refusal } from './refusal.ts'

const arn = (resource: string, service = 'bedrock') => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`

/** Things of the account that can be called by ARN, each over one foundation model. */
export const OWNED = {
  applicationProfile: {
    arn: arn('application-inference-profile/a1b2c3d4e5f6'),
    id: 'a1b2c3d4e5f6',
    name: 'team-claude',
    base: 'anthropic.claude-sonnet-4-6'
  },
  secondProfile: {
    arn: arn('application-inference-profile/f6e5d4c3b2a1'),
    id: 'f6e5d4c3b2a1',
    name: 'team-nova',
    base: 'amazon.nova-lite-v1:0'
  },
  newestProfile: {
    arn: arn('application-inference-profile/b7c8d9e0f1a2'),
    id: 'b7c8d9e0f1a2',
    name: 'team-opus',
    base: 'anthropic.claude-opus-4-7'
  },
  globalProfile: {
    arn: arn('application-inference-profile/c8d9e0f1a2b3'),
    id: 'c8d9e0f1a2b3',
    name: 'team-global',
    base: 'anthropic.claude-sonnet-4-5-20250929-v1:0'
  },
  provisioned: {
    arn: arn('provisioned-model/p1q2r3s4t5u6'),
    id: 'p1q2r3s4t5u6',
    name: 'nova-pro-reserved',
    base: 'amazon.nova-pro-v1:0'
  },
  imported: { arn: arn('imported-model/i1m2p3o4r5t6'), id: 'i1m2p3o4r5t6', name: 'imported-qwen', base: 'qwen.qwen3-32b-v1:0' },
  custom: {
    arn: arn('custom-model/amazon.nova-lite-v1:0:300k/c1u2s3t4o5m6'),
    id: 'c1u2s3t4o5m6',
    name: 'tuned-nova',
    base: 'amazon.nova-lite-v1:0'
  },
  deployment: {
    arn: arn('custom-model-deployment/d1e2p3l4o5y6'),
    id: 'd1e2p3l4o5y6',
    name: 'tuned-nova-live',
    base: 'amazon.nova-lite-v1:0'
  },
  router: {
    arn: arn('default-prompt-router/amazon.nova:1'),
    id: 'amazon.nova:1',
    name: 'Nova Prompt Router',
    base: 'amazon.nova-pro-v1:0'
  },
  endpoint: {
    arn: arn('endpoint/gemma-endpoint', 'sagemaker'),
    id: 'gemma-endpoint',
    name: 'gemma-endpoint',
    base: 'google.gemma-3-4b-it'
  }
} as const

const FAULT_ID = /^standin\.fault-([a-z0-9-]+)$/
const FOUNDATION_ARN = /^arn:aws:bedrock:[a-z0-9-]*::foundation-model\/(.+)$/
const PROFILE_ARN = /^arn:aws:bedrock:[a-z0-9-]+:\d{12}:inference-profile\/(.+)$/
const END_OF_LIFE = 'This model version has reached the end of its life. Please refer to the AWS documentation for more details.'

/** Finds the foundation model that a called id or ARN stands for, or refuses it as AWS does. */
export function resolveModel(called: string): CatalogModel {
  const fault = FAULT_ID.exec(called)?.[1]
  if (fault !== undefined) return faultModel(fault)
  const id = FOUNDATION_ARN.exec(called)?.[1] ?? PROFILE_ARN.exec(called)?.[1] ?? called
  const owned = Object.values(OWNED).find((thing) => thing.arn === id)
  if (owned !== undefined && !owned.arn.includes(':custom-model/')) return alive(baseModel(owned.base))
  const base = CATALOG.find((model) => model.id === id)
  if (base !== undefined) return onDemand(alive(base))
  return alive(profileModel(id) ?? invalid('The provided model identifier is invalid.'))
}

/** The model behind a system profile id such as `us.anthropic.claude-sonnet-4-6`. */
export function profileModel(id: string): CatalogModel | undefined {
  const dot = id.indexOf('.')
  const model = CATALOG.find((entry) => entry.id === id.slice(dot + 1))
  return model?.profiles.includes(id.slice(0, dot)) === true ? model : undefined
}

function baseModel(id: string): CatalogModel {
  return CATALOG.find((model) => model.id === id) ?? invalid('The provided model identifier is invalid.')
}

function alive(model: CatalogModel): CatalogModel {
  if (model.lifecycle === 'EOL') throw new Refusal('ResourceNotFoundException', END_OF_LIFE)
  return model
}

function onDemand(model: CatalogModel): CatalogModel {
  if (model.onDemand) return model
  return invalid(
    `Invocation of model ID ${model.id} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`
  )
}
