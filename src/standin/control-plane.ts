import { findFoundationModel, findProfile, foundationModels, inferenceProfiles, OWNED_LISTS } from './lists.ts'
import { invalid } from './refusal.ts'
import { inRegion } from './regions.ts'

type Entries = readonly Readonly<Record<string, unknown>>[]

interface ListOperation {
  readonly operation: string
  readonly path: string
  readonly member: string
  readonly entries: (query: URLSearchParams) => Entries
}

const status = (entries: Entries) => (query: URLSearchParams) => {
  const wanted = query.get('statusEquals')
  return entries.filter((entry) => wanted === null || entry.status === wanted)
}

const LISTS: readonly ListOperation[] = [
  {
    operation: 'ListInferenceProfiles',
    path: '/inference-profiles',
    member: 'inferenceProfileSummaries',
    entries: inferenceProfiles
  },
  {
    operation: 'ListImportedModels',
    path: '/imported-models',
    member: 'modelSummaries',
    entries: () => OWNED_LISTS.importedModels
  },
  { operation: 'ListCustomModels', path: '/custom-models', member: 'modelSummaries', entries: () => OWNED_LISTS.customModels },
  {
    operation: 'ListProvisionedModelThroughputs',
    path: '/provisioned-model-throughputs',
    member: 'provisionedModelSummaries',
    entries: status(OWNED_LISTS.provisioned)
  },
  {
    operation: 'ListPromptRouters',
    path: '/prompt-routers',
    member: 'promptRouterSummaries',
    entries: (query) => OWNED_LISTS.routers.filter((entry) => (query.get('type') ?? entry.type) === entry.type)
  },
  {
    operation: 'ListMarketplaceModelEndpoints',
    path: '/marketplace-model/endpoints',
    member: 'marketplaceModelEndpoints',
    entries: () => OWNED_LISTS.endpoints
  },
  {
    operation: 'ListCustomModelDeployments',
    path: '/model-customization/custom-model-deployments',
    member: 'modelDeploymentSummaries',
    entries: status(OWNED_LISTS.deployments)
  }
]

/** A control-plane call: its name, and its answer when it is allowed. */
export interface ControlCall {
  readonly operation: string
  /** `region`: the one the request is signed for. */
  answer(pageSize: number, region: string | undefined): unknown
}

/** Finds the control-plane operation of a GET path, if it is one. */
export function controlCall(path: string, query: URLSearchParams): ControlCall | undefined {
  const listed = LISTS.find((entry) => entry.path === path)
  if (listed !== undefined)
    return {
      operation: listed.operation,
      answer: (size, region) => page({ ...listed, entries: (asked) => inRegion(listed.entries(asked), region) }, query, size)
    }
  if (path === '/foundation-models') {
    return {
      operation: 'ListFoundationModels',
      answer: (_, region) => ({ modelSummaries: inRegion(foundationModels(query), region) })
    }
  }
  const [, kind, id] = /^\/(foundation-models|inference-profiles)\/(.+)$/.exec(path) ?? []
  if (id === undefined) return undefined
  if (kind === 'foundation-models') {
    return { operation: 'GetFoundationModel', answer: () => ({ modelDetails: findFoundationModel(decodeURIComponent(id)) }) }
  }
  return { operation: 'GetInferenceProfile', answer: (_, region) => findProfile(decodeURIComponent(id), region) }
}

function page(list: ListOperation, query: URLSearchParams, pageSize: number): Record<string, unknown> {
  const asked = Number(query.get('maxResults') ?? 1000)
  if (!(asked >= 1 && asked <= 1000)) {
    invalid(
      `1 validation error detected: Value '${asked}' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000`
    )
  }
  const from = readToken(query.get('nextToken'))
  const entries = list.entries(query)
  const to = from + Math.min(asked, pageSize)
  return { [list.member]: entries.slice(from, to), ...(to < entries.length ? { nextToken: writeToken(to) } : {}) }
}

const writeToken = (offset: number) => Buffer.from(`standin:${offset}`).toString('base64')

function readToken(token: string | null): number {
  if (token === null) return 0
  const offset = /^standin:(\d+)$/.exec(Buffer.from(token, 'base64').toString('utf8'))?.[1]
  return offset === undefined ? invalid('The nextToken that you provided is not valid.') : Number(offset)
}
