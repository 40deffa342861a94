import { GatewayError } from '../../errors.ts'

/** Bedrock's two hosts: its runtime, and the one that OpenAI's own surfaces are at home at. */
export type BedrockHost = 'runtime' | 'mantle'

/** Where one region's Bedrock answers. */
export interface Endpoint {
  readonly region: string
  /** `https://host[:port]` */
  readonly origin: string
  /** What a Host header says. */
  readonly host: string
  /** Comes before `/model`; empty for AWS's own hosts. */
  readonly basePath: string
}

/**
 * Asks the AWS SDK where it would send a Converse call: endpoint variables, shared config, FIPS, dual-stack and partitions keep
 * their meaning. `region` absent: the SDK's own rule. Throws GatewayError `not_ready`, naming the variable, when there is no answer.
 */
// The SDK is loaded here and not at import: it costs some 100 ms, which a start-up should spend after it listens.
export async function resolveEndpoint(region: string | undefined): Promise<Endpoint> {
  const [{ BedrockRuntimeClient, ConverseCommand }, { getEndpointFromInstructions }] = await Promise.all([
    import('@aws-sdk/client-bedrock-runtime'),
    import('@smithy/core/endpoints')
  ])
  const client = new BedrockRuntimeClient(region === undefined ? {} : { region })
  try {
    const known = await client.config.region().catch(noRegion)
    const { url } = await getEndpointFromInstructions({}, ConverseCommand, client.config).catch(noEndpoint)
    return { region: known, origin: url.origin, host: url.host, basePath: url.pathname.replace(/\/+$/, '') }
  } finally {
    client.destroy()
  }
}

/** Mantle's address in a region: the operator's, or `bedrock-mantle.{region}.api.aws` (AWS 2026-09); no SDK knows it. */
export async function mantleEndpoint(given: { readonly region?: string; readonly mantleEndpoint?: string }): Promise<Endpoint> {
  const region = given.region ?? (await resolveEndpoint(undefined)).region
  const url = new URL(given.mantleEndpoint ?? `https://bedrock-mantle.${region}.api.aws`)
  return { region, origin: url.origin, host: url.host, basePath: url.pathname.replace(/\/+$/, '') }
}

function noRegion(cause: unknown): never {
  throw new GatewayError('not_ready', 'no AWS region is set: set AWS_REGION (or BEDROCK_REGIONS)', { cause })
}

function noEndpoint(cause: unknown): never {
  throw new GatewayError(
    'not_ready',
    'the endpoint of Bedrock cannot be found: look at AWS_REGION, BEDROCK_REGIONS and AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
    { cause }
  )
}
