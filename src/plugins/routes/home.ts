import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { HOME_ICON } from '../../home/icon.ts'
import { OPERATOR_PAGE, OPERATOR_STYLE } from '../../home/operator-page.ts'
import { HOME_PAGE } from '../../home/page.ts'
import { homeScript, operatorScript } from '../../home/script.ts'
import { HOME_STYLE } from '../../home/style.ts'
import { VERSION } from '../../http/version.ts'

/** Nothing from elsewhere, nothing inline, no markup made by the script, in nobody's frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'"
].join('; ')

const SECURITY_HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer'
} as const

/**
 * `GET /`: a page for people, a few words of JSON for programs, which probe it to see whether the host lives. No key needed.
 * `HOME_PAGE=false` takes the page away and leaves of the JSON no more than the name.
 */
export async function home(app: FastifyInstance): Promise<void> {
  if (!app.config.server.homePage) {
    app.get('/', () => ({ name: 'adit' }))
    return
  }
  const page = asset('text/html', HOME_PAGE)
  app.get('/', (request, reply) => {
    reply.header('vary', [reply.getHeader('vary'), 'accept'].filter((name) => name !== undefined).join(', '))
    if (request.headers.accept?.includes('text/html')) return sendAsset(page, request, reply)
    return reply.headers({ ...SECURITY_HEADERS, 'cache-control': 'no-store' }).send(describe(app, request))
  })
  const assets = {
    '/home/app.js': asset('text/javascript', homeScript()),
    '/home/style.css': asset('text/css', HOME_STYLE),
    '/home/operator': asset('text/html', OPERATOR_PAGE),
    '/home/operator.js': asset('text/javascript', operatorScript()),
    '/home/operator.css': asset('text/css', OPERATOR_STYLE),
    '/home/icon.svg': asset('image/svg+xml', HOME_ICON)
  }
  for (const [path, file] of Object.entries(assets)) app.get(path, (request, reply) => sendAsset(file, request, reply))
}

function describe(app: FastifyInstance, request: FastifyRequest) {
  const { config } = app
  const { region } = app.bedrock
  const reasons = app.readiness.reasons()
  return {
    name: 'adit',
    version: VERSION,
    ...(region === '' ? {} : { region }),
    ready: reasons.length === 0,
    ...(reasons.length === 0 ? {} : { reasons }),
    base_url: `${scheme(request)}://${request.host}/v1`,
    key_required: config.auth.mode === 'on'
  }
}

/** How the caller reached us; a balancer that ends TLS says so. Only told back to the caller, so it need not be trusted. */
function scheme(request: FastifyRequest): string {
  return request.headers['x-forwarded-proto'] === 'https' ? 'https' : request.protocol
}

interface Asset {
  readonly type: string
  readonly text: string
  readonly etag: string
}

function asset(type: string, text: string): Asset {
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, 16)
  return { type: `${type}; charset=utf-8`, text, etag: `"${digest}"` }
}

function sendAsset(file: Asset, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.headers({ ...SECURITY_HEADERS, etag: file.etag, 'cache-control': 'no-cache' })
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send()
  return reply.type(file.type).send(file.text)
}
