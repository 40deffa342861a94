import { readFile } from 'node:fs/promises'
import { rootCertificates } from 'node:tls'
import type { Dispatcher } from 'undici'
// Not by undici's index, which loads its fetch, its WebSocket and its cache too: 6 MB that most gateways have no use for (2026-11).
import Pool from 'undici/lib/dispatcher/pool.js'
import { createWarmLookup } from './warm-lookup.ts'

/** How connections to Bedrock are made. */
export interface AgentOptions {
  /** Connections that may be open at one time; each running answer holds one. Default 1024. */
  readonly connections?: number
  /** A file of certificates to trust beside Node's own (`AWS_CA_BUNDLE`). */
  readonly caFile?: string
  readonly proxy?: ProxyOptions
}

/** `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, as everywhere. */
export interface ProxyOptions {
  readonly httpsProxy?: string
  readonly httpProxy?: string
  readonly noProxy?: string
}

/** NAT gateways and endpoints forget a silent connection after 350 s, without a word; ours end well before. Milliseconds. */
const FREE_SOCKET_MS = 240_000
const CONNECT_MS = 5000

/**
 * Opens a pool of HTTP/1.1 keep-alive connections to one origin, through a proxy where one is set.
 * Silence is watched per exchange, so the pool has no timeouts of its own but that of connecting. Throws when `caFile` cannot be read.
 */
export async function createAgent(origin: string, options: AgentOptions): Promise<Dispatcher> {
  const { httpsProxy, httpProxy, noProxy } = options.proxy ?? {}
  const connect = {
    timeout: CONNECT_MS,
    lookup: createWarmLookup(),
    ...(options.caFile === undefined ? {} : { ca: [...rootCertificates, await readFile(options.caFile, 'utf8')] })
  }
  const common = {
    connections: options.connections ?? 1024,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: FREE_SOCKET_MS,
    keepAliveMaxTimeout: FREE_SOCKET_MS,
    headersTimeout: 0,
    bodyTimeout: 0
  }
  if (httpsProxy === undefined && httpProxy === undefined) return new Pool(origin, { ...common, connect })
  const { EnvHttpProxyAgent } = await import('undici')
  return new EnvHttpProxyAgent({
    ...common,
    connect,
    requestTls: connect,
    // Empty strings keep undici from reading the environment by itself.
    httpsProxy: httpsProxy ?? '',
    httpProxy: httpProxy ?? '',
    noProxy: noProxy ?? ''
  })
}
