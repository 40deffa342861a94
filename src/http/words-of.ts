import type { FastifyRequest } from 'fastify'
import type { ErrorWords } from '../dialects/dialect.ts'

/** A family of dialects and how its callers are told where no route tells. */
export interface Tongue {
  readonly errors: ErrorWords
  /** Paths of its own. */
  readonly path: RegExp
  /** A header that only its clients send. */
  readonly header: string
}

/** How errors are said to the callers of this gateway. */
export interface Tongues {
  /** Where nothing tells. */
  readonly usual: ErrorWords
  readonly others: readonly Tongue[]
}

/** How the caller of this request reads errors: as its route says, else as its path or its headers tell. */
export function wordsOf(request: FastifyRequest, { usual, others }: Tongues): ErrorWords {
  const { errors } = request.routeOptions.config
  return errors ?? others.find((tongue) => speaks(request, tongue))?.errors ?? usual
}

function speaks({ url, headers }: FastifyRequest, { path, header }: Tongue): boolean {
  return headers[header] !== undefined || path.test(url.split('?', 1)[0] ?? '')
}
