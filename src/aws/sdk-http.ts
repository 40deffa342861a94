import { readFileSync } from 'node:fs'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { rootCertificates } from 'node:tls'
import type { Config } from '../config.ts'

/** What the AWS SDK's clients take as `requestHandler`. */
export interface SdkHandler {
  readonly httpAgent: HttpAgent
  readonly httpsAgent: HttpsAgent
}

/**
 * The way of the SDK's own clients (model lists, key stores, STS) through the operator's proxy and with the operator's authorities, which
 * they do not look for themselves. Undefined where neither is set. Throws when `AWS_CA_BUNDLE` cannot be read.
 */
export function sdkHandler({ aws: { caBundle, httpsProxy, httpProxy, noProxy } }: Pick<Config, 'aws'>): SdkHandler | undefined {
  if (caBundle === undefined && httpsProxy === undefined && httpProxy === undefined) return undefined
  const proxyEnv = {
    ...(httpsProxy === undefined ? {} : { HTTPS_PROXY: httpsProxy }),
    ...(httpProxy === undefined ? {} : { HTTP_PROXY: httpProxy }),
    ...(noProxy === undefined ? {} : { NO_PROXY: noProxy })
  }
  const ca = caBundle === undefined ? {} : { ca: [...rootCertificates, readFileSync(caBundle, 'utf8')] }
  return {
    httpAgent: new HttpAgent({ keepAlive: true, proxyEnv }),
    httpsAgent: new HttpsAgent({ keepAlive: true, proxyEnv, ...ca })
  }
}
