import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ModelInfo } from '../../core/model.ts'
import { encodeModel as encodeAnthropicModel, encodeModelPage } from '../../dialects/anthropic-messages/encode-models.ts'
import { type CodexModel, encodeCodexModels } from '../../dialects/openai-models/codex-models.ts'
import { encodeModel, encodeModelList, type ModelSketch } from '../../dialects/openai-models/encode-models.ts'
import { GatewayError } from '../../errors.ts'
import { endpointTwice, unknownRoute } from '../../http/unknown-route.ts'
import { isGlob } from '../../models/glob.ts'
import type { Purpose } from '../../models/purpose.ts'
import { plainName } from '../../models/resolve.ts'

/** `GET /models` and `GET /models/{id}`, in Anthropic's shape to its clients; an id may hold `/` and `:`, encoded or raw. */
export async function models(app: FastifyInstance): Promise<void> {
  app.get<{ Querystring: Record<string, unknown> }>('/models', async (request, reply) => {
    await app.bedrock.home()
    const listed = (await app.catalog.list()).filter((model) => app.modelAllowed(model, request))
    const aliases = aliasesFor(app, request)
    const names = new Set(aliases.map(({ id }) => id))
    const others = listed.filter((model) => !names.has(model.id))
    if (isForAnthropic(request)) {
      reply.header('request-id', request.id)
      const named = aliases.map(({ id, model }) => ({ id, model }))
      const all = [...named, ...others.map((model) => ({ id: model.id, model }))].filter(({ model }) => converses(model))
      return encodeModelPage(
        all.map(({ id, model }) => encodeAnthropicModel(model, id)),
        request.query
      )
    }
    const cards = aliases.map(({ id, model, targets }) => encodeModel(model, { id, targets }))
    const list = encodeModelList([...cards, ...others.map((model) => encodeModel(model))])
    if (!isForCodex(request)) return list
    return { ...list, models: codexModels(app, [...aliases, ...others.map((model) => ({ id: model.id, model }))]) }
  })

  app.get<{ Params: { '*': string } }>('/models/*', async (request, reply) => {
    const asked = request.params['*']
    await app.catalog.list()
    const { model, alias } = await findModel(app, asked, request)
    return isForAnthropic(request) ? withId(request, reply, encodeAnthropicModel(model, asked)) : encodeModel(model, alias)
  })
}

function withId<T>(request: FastifyRequest, reply: FastifyReply, body: T): T {
  reply.header('request-id', request.id)
  return body
}

/** Only Anthropic's clients send the header. */
function isForAnthropic({ headers }: FastifyRequest): boolean {
  return headers['anthropic-version'] !== undefined
}

/** Only Codex says its version where it asks for models. */
function isForCodex({ query }: FastifyRequest<{ Querystring: Record<string, unknown> }>): boolean {
  return query.client_version !== undefined
}

/** Those that can work for Codex: they converse and call tools. */
function codexModels(
  app: FastifyInstance,
  named: readonly { readonly id: string; readonly model: ModelSketch }[]
): readonly CodexModel[] {
  const sketches = named.flatMap(({ id, model }) => {
    const { tools, efforts, input, contextWindow } = app.bedrock.traitsOf(model.baseId)
    if (!tools || !converses(model)) return []
    const name = model.id === id ? (model.name ?? id) : id
    return [{ id, name, efforts, seesImages: input.includes('image'), contextWindow }]
  })
  return encodeCodexModels(sketches)
}

/** What no list tells of may. */
function converses({ output }: Partial<ModelInfo>): boolean {
  return output === undefined || output.includes('text')
}

interface Alias {
  readonly id: string
  readonly model: ModelSketch
  readonly targets: readonly string[]
}

/** Names the operator gave, so that clients that choose from the list can choose them. Globs name nothing. */
function aliasesFor(app: FastifyInstance, request: FastifyRequest): readonly Alias[] {
  const names = Object.keys(app.config.models.aliases).filter((name) => !isGlob(name))
  return names.flatMap((id) => {
    const targets = app.targetsOf(id, purposeOf(id)).filter((target) => app.modelAllowed(target, request))
    const [first] = targets
    if (first === undefined) return []
    return [{ id, model: app.catalog.known.get(first.id) ?? first, targets: targets.map((target) => target.id) }]
  })
}

async function findModel(app: FastifyInstance, asked: string, request: FastifyRequest) {
  const targets = await app.resolve(asked, purposeOf(asked), request)
  const [first] = targets
  const known = app.catalog.known.get(first.id)
  if (known === undefined && first.id === plainName(asked).name) throw unlisted(asked, request)
  const alias = known?.id === asked ? undefined : { id: asked, targets: targets.map((target) => target.id) }
  return { model: known ?? first, alias }
}

function unlisted(asked: string, { url }: FastifyRequest): GatewayError {
  const [path = ''] = url.split('?', 1)
  if (endpointTwice(path) !== undefined) return new GatewayError('not_found', unknownRoute('GET', path))
  const sentence = `The model '${asked}' is in no list of this gateway; GET models shows what is.`
  return new GatewayError('model_not_found', sentence, { field: 'model' })
}

/** OpenAI's names tell by themselves what they are for. */
function purposeOf(name: string): Purpose {
  return plainName(name).name.startsWith('text-embedding') ? 'embedding' : 'chat'
}
