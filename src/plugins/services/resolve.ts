import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { memoize } from '../../core/bounded.ts'
import { GatewayError } from '../../errors.ts'
import { globMatch } from '../../models/glob.ts'
import type { ModelTarget } from '../../models/model-target.ts'
import type { Purpose } from '../../models/purpose.ts'
import { baseModelId, defaultChatModel, type ResolveContext, resolveModel } from '../../models/resolve.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * The models to try for the name a caller used, in order. Throws 403 `model_not_allowed` when none of them is allowed.
     * A promise only for the ARN of an application profile that no list names, whose model is asked for once, for a short name while the
     * first lists are being read, and while the home region is not known.
     */
    resolve(asked: string, purpose: Purpose, request: FastifyRequest): Targets | Promise<Targets>
    /** The models a name stands for as far as is known now, whoever asks; `bedrock.home` knows the region first. */
    targetsOf(name: string, purpose: Purpose): Targets
    /** Whether a model may be seen and called with this request's key. */
    modelAllowed(target: ModelTarget, request: FastifyRequest): boolean
  }
}

/** The longest id that Bedrock takes. */
const LONGEST_NAME = 2048
/** No id of Bedrock's, each of which names a provider: only the lists can tell what it is short for. */
const SHORT_NAME = /^[\w-]+$/
/** Control characters and halves of characters, which no path can carry. */
const UNREADABLE = /\p{C}/u

type Targets = readonly [ModelTarget, ...ModelTarget[]]

/** Turns names into models, by the operator's aliases, the catalogue and the region, within what the operator and the key allow. */
export const resolve = fp(
  async (app: FastifyInstance) => {
    const { aliases, allowed: patterns, defaultModel, crossRegionInference, ...others } = app.config.models
    const { defaultEmbeddingModel, defaultImageModel, defaultRerankModel } = others
    const homeOf = (region: string): Home => {
      const fallback = defaultChatModel(region)
      return {
        aliases,
        // By its base id, so that each region of the failover calls the profile of its own geography.
        defaultModel: defaultModel ?? (crossRegionInference ? baseModelId(fallback) : fallback),
        defaultEmbeddingModel,
        defaultImageModel,
        defaultRerankModel,
        region,
        crossRegion: crossRegionInference
      }
    }

    app.decorate('modelAllowed', (target, request) => {
      return (patterns.length === 0 || within(patterns, target)) && within(request.apiKey?.models ?? ALL, target)
    })
    app.decorate('targetsOf', rememberTargets(app, homeOf))
    app.decorate('resolve', (asked, purpose, request) => {
      if (asked.length > LONGEST_NAME || UNREADABLE.test(asked)) {
        throw new GatewayError('model_not_found', 'No model has such a name.', { field: 'model' })
      }
      request.record.asked = asked
      if (app.bedrock.region !== '') return found(asked, purpose, request)
      return Promise.resolve(app.bedrock.home()).then(() => found(asked, purpose, request))
    })

    function found(asked: string, purpose: Purpose, request: FastifyRequest): Targets | Promise<Targets> {
      const targets = app.targetsOf(asked, purpose)
      const first = targets.some(({ id }) => SHORT_NAME.test(id)) ? app.catalog.first() : undefined
      return first === undefined ? learnt(targets, asked, purpose, request) : first.then(() => foundNow(asked, purpose, request))
    }

    function foundNow(asked: string, purpose: Purpose, request: FastifyRequest): Targets | Promise<Targets> {
      return learnt(app.targetsOf(asked, purpose), asked, purpose, request)
    }

    function learnt(targets: Targets, asked: string, purpose: Purpose, request: FastifyRequest): Targets | Promise<Targets> {
      if (!targets.some(isHidden)) return allowed(targets, asked, request)
      const learning = Promise.all(targets.filter(isHidden).map(({ id }) => app.catalog.learn(id)))
      return learning.then(() => allowed(app.targetsOf(asked, purpose), asked, request))
    }

    function isHidden({ baseId }: ModelTarget): boolean {
      return app.catalog.hides(baseId)
    }

    function allowed(targets: Targets, asked: string, request: FastifyRequest): Targets {
      const left = targets.filter((target) => app.modelAllowed(target, request))
      if (isSome(left)) return left
      throw new GatewayError('model_not_allowed', `The model \`${asked}\` is not allowed for this API key.`, { field: 'model' })
    }
  },
  { name: 'resolve', dependencies: ['auth', 'bedrock', 'catalog'] }
)

function isSome(targets: readonly ModelTarget[]): targets is Targets {
  return targets.length > 0
}

const MOST_REMEMBERED = 1000

/** What names mean in one home region. */
type Home = Omit<ResolveContext, 'known'>

/** What a name stands for changes with the lists only, once the home region is known. */
function rememberTargets({ bedrock, catalog }: FastifyInstance, homeOf: (region: string) => Home): FastifyInstance['targetsOf'] {
  const read = (known: ResolveContext['known'], region: string) => {
    const home = homeOf(region)
    const names = (purpose: Purpose) =>
      memoize((name: string) => resolveModel(name, purpose, { ...home, known }), MOST_REMEMBERED)
    return { known, region, chat: names('chat'), embedding: names('embedding'), image: names('image'), rerank: names('rerank') }
  }
  let current: ReturnType<typeof read> | undefined
  return (name, purpose) => {
    const { known } = catalog
    const { region } = bedrock
    if (current?.known !== known || current.region !== region) current = read(known, region)
    return current[purpose](name)
  }
}

const ALL: readonly string[] = ['*']

function within(globs: readonly string[], target: ModelTarget): boolean {
  return globs === ALL || globs.some((glob) => globMatch(glob, target.id) || globMatch(glob, target.baseId))
}
