import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { remembered } from '../../core/bounded.ts'
import { GatewayError } from '../../errors.ts'
import { globMatch } from '../../models/glob.ts'
import { baseModelId, defaultChatModel, type ModelTarget, type ResolveContext, resolveModel } from '../../models/resolve.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * The models to try for the name a caller used, in order. Throws 403 `model_not_allowed` when none of them is allowed.
     * A promise only for the ARN of an application profile that no list names, whose model is asked for once.
     */
    resolve(asked: string, purpose: 'chat' | 'embedding', request: FastifyRequest): Targets | Promise<Targets>
    /** The models a name stands for as far as is known now, whoever asks. */
    targetsOf(name: string, purpose: 'chat' | 'embedding'): Targets
    /** Whether a model may be seen and called with this request's key. */
    modelAllowed(target: ModelTarget, request: FastifyRequest): boolean
  }
}

/** The longest id that Bedrock takes. */
const LONGEST_NAME = 2048
/** Control characters and halves of characters, which no path can carry. */
const UNREADABLE = /\p{C}/u

type Targets = readonly [ModelTarget, ...ModelTarget[]]

/** Turns names into models, by the operator's aliases, the catalogue and the region, within what the operator and the key allow. */
export const resolve = fp(
  async (app: FastifyInstance) => {
    const { config } = app
    const region = config.bedrockRegions[0] ?? config.awsRegion ?? config.awsDefaultRegion ?? 'us-east-1'
    const fallback = defaultChatModel(region)
    const fixed: Omit<ResolveContext, 'known'> = {
      aliases: config.modelAliases,
      // By its base id, so that each region of the failover calls the profile of its own geography.
      defaultModel: config.defaultModel ?? (config.crossRegionInference ? baseModelId(fallback) : fallback),
      defaultEmbeddingModel: config.defaultEmbeddingModel,
      region,
      crossRegion: config.crossRegionInference
    }

    app.decorate('modelAllowed', (target, request) => {
      return within(config.allowedModels, target) && within(request.apiKey?.models ?? [], target)
    })
    app.decorate('targetsOf', rememberTargets(app.catalog, fixed))
    app.decorate('resolve', (asked, purpose, request) => {
      if (asked.length > LONGEST_NAME || UNREADABLE.test(asked)) {
        throw new GatewayError('model_not_found', 'No model has such a name.', { param: 'model' })
      }
      request.record.asked = asked
      const look = () => app.targetsOf(asked, purpose)
      const targets = look()
      if (!targets.some(isHidden)) return allowed(targets, asked, request)
      const learnt = Promise.all(targets.filter(isHidden).map(({ id }) => app.catalog.learn(id)))
      return learnt.then(() => allowed(look(), asked, request))
    })

    function isHidden({ baseId }: ModelTarget): boolean {
      return app.catalog.hides(baseId)
    }

    function allowed(targets: Targets, asked: string, request: FastifyRequest): Targets {
      const left = targets.filter((target) => app.modelAllowed(target, request))
      if (isSome(left)) return left
      throw new GatewayError('model_not_allowed', `The model \`${asked}\` is not allowed for this API key.`, { param: 'model' })
    }
  },
  { name: 'resolve', dependencies: ['auth', 'catalog'] }
)

function isSome(targets: readonly ModelTarget[]): targets is Targets {
  return targets.length > 0
}

const MOST_REMEMBERED = 1000

/** What a name stands for changes with the lists only. */
function rememberTargets(
  catalog: FastifyInstance['catalog'],
  fixed: Omit<ResolveContext, 'known'>
): FastifyInstance['targetsOf'] {
  const read = (known: ResolveContext['known']) => {
    const names = (purpose: 'chat' | 'embedding') =>
      remembered((name: string) => resolveModel(name, purpose, { ...fixed, known }), MOST_REMEMBERED)
    return { known, chat: names('chat'), embedding: names('embedding') }
  }
  let current: ReturnType<typeof read> | undefined
  return (name, purpose) => {
    const { known } = catalog
    if (current?.known !== known) current = read(known)
    return current[purpose](name)
  }
}

function within(globs: readonly string[], target: ModelTarget): boolean {
  return globs.length === 0 || globs.some((glob) => globMatch(glob, target.id) || globMatch(glob, target.baseId))
}
