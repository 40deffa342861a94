import type { FastifyInstance, FastifyRequest } from 'fastify'
import { encodeModel, encodeModelList, type ModelCard } from '../../dialects/openai-models/encode-models.ts'
import { GatewayError } from '../../errors.ts'
import { endpointTwice, unknownRoute } from '../../http/unknown-route.ts'
import { isGlob } from '../../models/glob.ts'
import { plainName } from '../../models/resolve.ts'

/** `GET /models` and `GET /models/{id}`; an id may hold `/` and `:`, encoded or raw. */
export async function models(app: FastifyInstance): Promise<void> {
  app.get('/models', async (request) => {
    await app.bedrock.home()
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
  const names = Object.keys(app.config.modelAliases).filter((name) => !isGlob(name))
  return names.flatMap((id) => {
    const targets = app.targetsOf(id, purposeOf(id)).filter((target) => app.modelAllowed(target, request))
    const [first] = targets
    if (first === undefined) return []
    return [encodeModel(app.catalog.known.get(first.id) ?? first, { id, targets: targets.map((target) => target.id) })]
  })
}

async function findCard(app: FastifyInstance, asked: string, request: FastifyRequest): Promise<ModelCard> {
  const targets = await app.resolve(asked, purposeOf(asked), request)
  const [first] = targets
  const known = app.catalog.known.get(first.id)
  if (known === undefined && first.id === plainName(asked).name) throw unlisted(asked, request)
  const alias = known?.id === asked ? undefined : { id: asked, targets: targets.map((target) => target.id) }
  return encodeModel(known ?? first, alias)
}

function unlisted(asked: string, { url }: FastifyRequest): GatewayError {
  const [path = ''] = url.split('?', 1)
  if (endpointTwice(path) !== undefined) return new GatewayError('not_found', unknownRoute('GET', path))
  const sentence = `The model '${asked}' is in no list of this gateway; GET models shows what is.`
  return new GatewayError('model_not_found', sentence, { field: 'model' })
}

/** OpenAI's names tell by themselves what they are for. */
function purposeOf(name: string): 'chat' | 'embedding' {
  return plainName(name).name.startsWith('text-embedding') ? 'embedding' : 'chat'
}
