import type {
  BedrockClient,
  CustomModelDeploymentSummary,
  CustomModelSummary,
  FoundationModelSummary,
  ImportedModelSummary,
  InferenceProfileSummary,
  MarketplaceModelEndpointSummary,
  PromptRouterSummary,
  ProvisionedModelSummary
} from '@aws-sdk/client-bedrock'
import { type RoleOptions, sdkCredentials } from '../../aws/credentials.ts'
import type { SdkHandler } from '../../aws/sdk-http.ts'
import type { MantleModel } from './mantle-models.ts'

/** What each list of the control plane holds, all pages together. */
export interface CatalogLists {
  readonly foundation: readonly FoundationModelSummary[]
  readonly systemProfiles: readonly InferenceProfileSummary[]
  readonly applicationProfiles: readonly InferenceProfileSummary[]
  readonly imported: readonly ImportedModelSummary[]
  readonly provisioned: readonly ProvisionedModelSummary[]
  readonly deployments: readonly CustomModelDeploymentSummary[]
  readonly custom: readonly CustomModelSummary[]
  readonly routers: readonly PromptRouterSummary[]
  readonly marketplace: readonly MarketplaceModelEndpointSummary[]
  readonly mantle: readonly MantleModel[]
}

export type ListName = keyof CatalogLists

export interface ListOptions {
  readonly region?: string
  readonly role?: RoleOptions
  /** How the SDK's client connects; undefined: in its own way. */
  readonly handler?: () => SdkHandler | undefined
  /** Whether system inference profiles are listed. */
  readonly crossRegion: boolean
  /** Whether application inference profiles are listed. */
  readonly applicationProfiles: boolean
  /** Reads mantle's list; absent: it is not asked. */
  readonly mantle?: (signal: AbortSignal) => Promise<readonly MantleModel[]>
}

export interface ListCalls {
  /** One function per list that is wanted. */
  readonly calls: { readonly [N in ListName]?: (signal: AbortSignal) => Promise<CatalogLists[N]> }
  /** One inference profile by its ARN. */
  profile(arn: string, signal: AbortSignal): Promise<InferenceProfileSummary>
  close(): void
}

const PAGE = 1000

/** Makes the list calls. The SDK is loaded here, not at import: it costs some 100 ms. */
export async function createListCalls(options: ListOptions): Promise<ListCalls> {
  const sdk = await import('@aws-sdk/client-bedrock')
  const requestHandler = options.handler?.()
  const client: BedrockClient = new sdk.BedrockClient({
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.role?.roleArn === undefined ? {} : { credentials: credentialsOf(options.role) }),
    ...(requestHandler && { requestHandler })
  })
  const paging = { client, pageSize: PAGE }
  const profiles = (type: 'SYSTEM_DEFINED' | 'APPLICATION') => (abortSignal: AbortSignal) =>
    all(
      sdk.paginateListInferenceProfiles(paging, { typeEquals: type }, { abortSignal }),
      (page) => page.inferenceProfileSummaries
    )
  const routers = (type: 'default' | 'custom', abortSignal: AbortSignal) =>
    all(sdk.paginateListPromptRouters(paging, { type }, { abortSignal }), (page) => page.promptRouterSummaries)

  const calls: ListCalls['calls'] = {
    foundation: async (abortSignal) =>
      (await client.send(new sdk.ListFoundationModelsCommand({}), { abortSignal })).modelSummaries ?? [],
    ...(options.crossRegion ? { systemProfiles: profiles('SYSTEM_DEFINED') } : {}),
    ...(options.applicationProfiles ? { applicationProfiles: profiles('APPLICATION') } : {}),
    ...(options.mantle === undefined ? {} : { mantle: options.mantle }),
    imported: (abortSignal) => all(sdk.paginateListImportedModels(paging, {}, { abortSignal }), (page) => page.modelSummaries),
    provisioned: (abortSignal) =>
      all(
        sdk.paginateListProvisionedModelThroughputs(paging, { statusEquals: 'InService' }, { abortSignal }),
        (page) => page.provisionedModelSummaries
      ),
    deployments: (abortSignal) =>
      all(
        sdk.paginateListCustomModelDeployments(paging, { statusEquals: 'Active' }, { abortSignal }),
        (page) => page.modelDeploymentSummaries
      ),
    custom: (abortSignal) => all(sdk.paginateListCustomModels(paging, {}, { abortSignal }), (page) => page.modelSummaries),
    routers: async (abortSignal) => (await Promise.all([routers('default', abortSignal), routers('custom', abortSignal)])).flat(),
    marketplace: (abortSignal) =>
      all(sdk.paginateListMarketplaceModelEndpoints(paging, {}, { abortSignal }), (page) => page.marketplaceModelEndpoints)
  }
  const profile: ListCalls['profile'] = async (inferenceProfileIdentifier, abortSignal) =>
    (await client.send(new sdk.GetInferenceProfileCommand({ inferenceProfileIdentifier }), {
      abortSignal
    })) as InferenceProfileSummary
  return { calls, profile, close: () => client.destroy() }
}

function credentialsOf(role: RoleOptions) {
  const load = sdkCredentials(role)
  return () => load(false)
}

async function all<P, T>(pages: AsyncIterable<P>, items: (page: P) => readonly T[] | undefined): Promise<T[]> {
  const found: T[] = []
  for await (const page of pages) found.push(...(items(page) ?? []))
  return found
}
