import { type RoleOptions, sdkCredentials } from '../../aws/credentials.ts'
import type { SdkHandler } from '../../aws/sdk-http.ts'
import type { ListedQuota } from '../../models/listed-quotas.ts'

/** Whose quotas are read, and where. */
export interface QuotaReadOptions {
  /** Absent: the one the AWS SDK finds. */
  readonly region?: string
  readonly role?: RoleOptions
  readonly handler?: () => SdkHandler | undefined
}

/** Reads what the account may ask of Bedrock in a Region, all pages of it. The SDK is loaded here, not at import. */
export async function readServiceQuotas(
  { region, role, handler }: QuotaReadOptions,
  abortSignal: AbortSignal
): Promise<readonly ListedQuota[]> {
  const sdk = await import('@aws-sdk/client-service-quotas')
  const requestHandler = handler?.()
  const load = role?.roleArn === undefined ? undefined : sdkCredentials(role)
  const client = new sdk.ServiceQuotasClient({
    ...(region === undefined ? {} : { region }),
    ...(load === undefined ? {} : { credentials: () => load(false) }),
    ...(requestHandler && { requestHandler })
  })
  try {
    const listed: ListedQuota[] = []
    const pages = sdk.paginateListServiceQuotas({ client, pageSize: 100 }, { ServiceCode: 'bedrock' }, { abortSignal })
    for await (const { Quotas = [] } of pages)
      for (const { QuotaCode: code = '', QuotaName: name = '', Value: value } of Quotas)
        if (value !== undefined) listed.push({ code, name, value })
    return listed
  } finally {
    client.destroy()
  }
}
