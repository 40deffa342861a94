import type { FastifyInstance, FastifyRequest } from 'fastify'
import { encodeModel, encodeModelList, type ModelCard } from '../dialects/openai-models/encode-models.ts'
import { GatewayError } from '../errors.ts'
import { isGlob } from '../models/glob.ts'
import { baseModelId } from '../models/resolve.ts'

/** `GET /models` and `GET /models/{id}`; an id may hold `/` and `:`, encoded or raw. */
export async function models(app: FastifyInstance): Promise<void> {
  app.get('/models', async (request) => {
    const listed = (await app.catalog.list()).filter((model) => app.modelAllowed(model, request))
    const aliases = aliasCards(app, request)
    const names = new Set(aliases.map((card) => card.id))
    const others = listed.filter((model) => !names.has(model.id)).map((model) => encodeModel(model))
    return encodeModelList([...aliases, ...others])
  })

  app.get<{ Params: { '*': string } }>('/models/*', async (request) => {
    const asked = request.params['*']
    await app.catalog.list()
    return findCard(app, asked, request)
  })
}

/** Names the operator gave, so that clients that choose from the list can choose them. Globs name nothing. */
function aliasCards(app: FastifyInstance, request: FastifyRequest): ModelCard[] {
  return Object.entries(app.config.modelAliases).flatMap(([id, target]) => {
    const targets = typeof target === 'string' ? [target] : target
    const infos = targets.map((name) => app.catalog.known.get(name) ?? { id: name, baseId: baseModelId(name) })
    const [first] = infos.filter((info) => app.modelAllowed(info, request))
    return first === undefined || isGlob(id) ? [] : [encodeModel(first, { id, targets: infos.map((info) => info.id) })]
  })
}

async function findCard(app: FastifyInstance, asked: string, request: FastifyRequest): Promise<ModelCard> {
  const targets = await app.resolve(asked, asked.startsWith('text-embedding') ? 'embedding' : 'chat', request)
  const [first] = targets
  const known = app.catalog.known.get(first.id)
  if (known === undefined && first.id === asked)
    throw new GatewayError('model_not_found', `The model '${asked}' is in no list of this gateway; GET models shows what is.`, {
      param: 'model'
    })
  const alias = known?.id === asked ? undefined : { id: asked, targets: targets.map((target) => target.id) }
  return encodeModel(known ?? first, alias)
}
