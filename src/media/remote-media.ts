import { type Cancel, signalOf } from '../core/cancel.ts'
import { HEAVY_BYTES, heavyWork } from '../core/heavy-work.ts'
import {
  IMAGE_NAMES,
  isPage,
  isUsableImage,
  type MediaType,
  typeOfBytes,
  typeOfMediaType,
  typeOfName
} from '../core/media-type.ts'
import type { ChatRequest } from '../core/request.ts'
import type { Block, MediaBlock, ToolResultBlock, Turn } from '../core/turn.ts'
import { GatewayError } from '../errors.ts'
import { checkHost, ForbiddenAddress, guardedLookup, trustingLookup } from './address-guard.ts'
import { createMediaLookup } from './media-lookup.ts'
import { createS3Check, mayNameObjects } from './s3-media.ts'

const MIB = 1024 * 1024

/** What a fetch may cost: bytes of one item and of all items of a request, milliseconds for one item, redirects followed, items of a request. */
export const MEDIA_LIMITS = {
  maxBytes: 16 * MIB,
  allBytes: 64 * MIB,
  totalMs: 15_000,
  redirects: 3,
  items: 32,
  parallel: 6
} as const

/** Where the memory of a request is counted. */
export interface MemoryHold {
  add(bytes: number): void
}

export interface MediaFetcher {
  /**
   * The request with every http(s) source replaced by its bytes; a promise only where there is one to fetch. Throws a 400 that names the
   * block, also for one in S3 that may not be read, and whatever `hold` throws, which is told of all bytes as they come.
   */
  fill(request: ChatRequest, signal: Cancel, hold?: MemoryHold): ChatRequest | Promise<ChatRequest>
  /** The same refusal for objects of S3 that a body names which is handed on as its bytes stand; a promise only where it has to be looked through for long. */
  checkPassed(body: Buffer): void | Promise<void>
  close(): Promise<void>
}

export interface MediaFetcherOptions {
  /** `false`: URLs are refused. */
  readonly enabled: boolean
  /** `host` or `host:port` the operator trusts although their addresses are private. */
  readonly trustedHosts: readonly string[]
  /** `bucket` or `bucket/prefix` whose objects a caller may refer to; default: none. */
  readonly s3Places?: readonly string[]
  /** Bytes of all items of one request; default: that of the limits. */
  readonly allBytes?: number
  /** Milliseconds for the whole of one item; default: that of the limits. */
  readonly totalMs?: number
}

/** Made with the first item that is fetched: many gateways fetch none, and undici is large. */
async function openClient() {
  const { Agent, request } = await import('undici')
  const find = createMediaLookup()
  const common = { connections: 16, keepAliveTimeout: 1_000 }
  const guarded = new Agent({ ...common, connect: { lookup: guardedLookup(find), timeout: 5_000 }, maxHeaderSize: 16_384 })
  const trusting = new Agent({ ...common, connect: { lookup: trustingLookup(find), timeout: 5_000 } })
  return { request, guarded, trusting }
}

type MediaClient = Awaited<ReturnType<typeof openClient>>

/**
 * Fetches the media that a conversation refers to by URL, because Converse takes bytes only.
 * A caller chooses the URL, so this is the one place where the gateway could be made to reach into its own network:
 * only http and https, and every address is checked, after DNS and after every redirect.
 */
export function createMediaFetcher(options: MediaFetcherOptions): MediaFetcher {
  let client: Promise<MediaClient> | undefined
  const s3 = createS3Check(options.s3Places ?? [])
  const isTrusted = (url: URL) => options.trustedHosts.includes(url.host) || options.trustedHosts.includes(url.hostname)

  async function download(
    address: string,
    path: string,
    { signal, budget, hold }: Omit<Allowance, 'ended'> & { readonly signal: AbortSignal }
  ): Promise<{ bytes: Buffer; contentType: string; url: URL }> {
    let url = parseUrl(address, path)
    client ??= openClient()
    const { request, guarded, trusting } = await client
    for (let hop = 0; hop <= MEDIA_LIMITS.redirects; hop++) {
      if (!isTrusted(url)) checkHost(url.hostname)
      const response = await request(url, {
        dispatcher: isTrusted(url) ? trusting : guarded,
        signal,
        headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'adit-media/1' }
      })
      const location = response.headers.location
      if (response.statusCode >= 300 && response.statusCode < 400 && typeof location === 'string') {
        await response.body.dump({ limit: 4096, signal })
        url = parseUrl(new URL(location, url).href, path)
        continue
      }
      if (response.statusCode !== 200) {
        response.body.destroy()
        throw failed(path, `the server answered ${response.statusCode}`)
      }
      return {
        bytes: await readAll(response.body, path, { budget, hold }),
        contentType: String(response.headers['content-type'] ?? ''),
        url
      }
    }
    throw failed(path, `it redirects more than ${MEDIA_LIMITS.redirects} times`)
  }

  async function fillBlock<B extends MediaBlock>(block: B, { signal, ended, ...allowance }: Allowance): Promise<B> {
    if (block.source.type !== 'url') return block
    const path = block.path ?? 'messages'
    if (!options.enabled) {
      throw new GatewayError('unsupported_value', 'This gateway does not fetch URLs; send the media as a data URL.', {
        param: path
      })
    }
    const total = AbortSignal.any([signalOf(signal), ended, AbortSignal.timeout(options.totalMs ?? MEDIA_LIMITS.totalMs)])
    try {
      const { bytes, contentType, url } = await download(block.source.url, path, { ...allowance, signal: total })
      const data = bytes.toString('base64')
      const told = typeOfBytes(data)
      const isUntold = block.source.byBytes || (block.type !== 'document' && isPage(data))
      const type = told ?? (isUntold ? undefined : declaredType(contentType, url.pathname))
      if (type === undefined || type.kind !== block.type || (type.kind === 'image' && !isUsableImage(told)))
        throw failed(path, whyNot(block.type, type))
      return { ...block, format: type.format, source: { type: 'base64', data } }
    } catch (cause) {
      throw explain(cause, path, signal)
    }
  }

  async function fillAll(
    request: ChatRequest,
    blocks: readonly MediaBlock[],
    { signal, hold }: Pick<Allowance, 'signal' | 'hold'>
  ): Promise<ChatRequest> {
    if (blocks.length > MEDIA_LIMITS.items) {
      throw new GatewayError('invalid_value', `A request may refer to at most ${MEDIA_LIMITS.items} URLs.`, {
        field: 'turns'
      })
    }
    const filled = new Map<Block, Block>()
    const waiting = [...blocks]
    const ending = new AbortController()
    const budget = { left: options.allBytes ?? MEDIA_LIMITS.allBytes }
    const allowance = { signal, hold, budget, ended: ending.signal }
    const worker = async () => {
      for (let block = waiting.shift(); block !== undefined; block = waiting.shift())
        filled.set(block, await fillBlock(block, allowance))
    }
    try {
      await Promise.all(Array.from({ length: Math.min(MEDIA_LIMITS.parallel, blocks.length) }, worker))
    } finally {
      ending.abort() // what is left of one that failed is wanted no more
    }
    return { ...request, turns: request.turns.map((turn) => replaceBlocks(turn, filled)) }
  }

  return {
    fill(request, signal, hold) {
      const elsewhere = mediaElsewhere(request)
      for (const block of elsewhere) s3.block(block)
      s3.native(request)
      const blocks = elsewhere.filter((block) => block.source.type === 'url')
      return blocks.length === 0 ? request : fillAll(request, blocks, { signal, hold })
    },
    checkPassed(body) {
      if (!mayNameObjects(body)) return
      return body.length < HEAVY_BYTES ? s3.passed(body) : heavyWork.turn(() => s3.passed(body))
    },
    async close() {
      const opened = await client
      await Promise.all([opened?.guarded.destroy(), opened?.trusting.destroy()])
    }
  }
}

/** What the items of one request share. */
interface Allowance {
  readonly signal: Cancel
  /** One of them has failed. */
  readonly ended: AbortSignal
  /** Bytes that may still come. */
  readonly budget: { left: number }
  readonly hold: MemoryHold | undefined
}

/** The media that are not in the request itself. */
function mediaElsewhere(request: ChatRequest): MediaBlock[] {
  const found: MediaBlock[] = []
  for (const turn of request.turns) {
    for (const block of turn.content) {
      if (block.type === 'tool-result') found.push(...block.content.filter(isElsewhere))
      else if (isElsewhere(block)) found.push(block)
    }
  }
  return found
}

function isElsewhere(block: Block): block is MediaBlock {
  return 'source' in block && (block.source.type === 'url' || block.source.type === 's3')
}

function replaceBlocks(turn: Turn, filled: ReadonlyMap<Block, Block>): Turn {
  const swap = (block: Block): Block => {
    if (block.type !== 'tool-result') return filled.get(block) ?? block
    const content = block.content.map((inner) => (filled.get(inner) ?? inner) as ToolResultBlock['content'][number])
    return { ...block, content }
  }
  return { ...turn, content: turn.content.map(swap) }
}

/** Only what has no mark of its own is taken at its word. */
function declaredType(contentType: string, path: string): MediaType | undefined {
  return typeOfMediaType(contentType) ?? typeOfName(path)
}

function whyNot(kind: MediaBlock['type'], type: MediaType | undefined): string {
  return kind === 'image' || type?.kind === 'image'
    ? `it is not a ${IMAGE_NAMES} image`
    : `it is not ${article(kind)} of a kind that models take`
}

function parseUrl(address: string, path: string): URL {
  const url = URL.parse(address)
  if (url === null) throw failed(path, 'it is not a valid URL')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw failed(path, 'only http and https URLs are fetched')
  if (url.username !== '' || url.password !== '') throw failed(path, 'URLs with a user name or password are not fetched')
  return url
}

async function readAll(
  body: AsyncIterable<Buffer> & { destroy(): unknown },
  path: string,
  { budget, hold }: Pick<Allowance, 'budget' | 'hold'>
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    budget.left -= chunk.length
    if (size > MEDIA_LIMITS.maxBytes || budget.left < 0) {
      body.destroy()
      const isAlone = size > MEDIA_LIMITS.maxBytes
      throw failed(
        path,
        isAlone ? `it is larger than ${MEDIA_LIMITS.maxBytes / MIB} MiB` : 'with the others it is more than one request may fetch'
      )
    }
    hold?.add(chunk.length)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

function explain(cause: unknown, path: string, clientGone: Cancel): unknown {
  if (clientGone.aborted) return clientGone.reason
  if (cause instanceof GatewayError) return cause
  if (cause instanceof ForbiddenAddress) return failed(path, 'its address is not public', cause)
  if (cause instanceof Error && (cause.name === 'TimeoutError' || cause.name === 'AbortError'))
    return failed(path, 'it took too long', cause)
  return failed(path, 'it could not be downloaded', cause)
}

function failed(path: string, why: string, cause?: unknown): GatewayError {
  return new GatewayError('media_fetch_failed', `The URL at ${path} cannot be used: ${why}.`, { param: path, cause })
}

function article(type: MediaBlock['type']): string {
  return type === 'audio' ? `an ${type}` : `a ${type}`
}
