import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import {
  defaultSettingsMiddleware,
  type EmbeddingModel,
  embedMany,
  generateObject,
  generateText,
  isStepCount,
  jsonSchema,
  type LanguageModel,
  Output,
  streamText,
  tool,
  wrapLanguageModel
} from 'ai'
import { KEY } from '../support/helper.ts'
import { CITY_SCHEMA, type City, CLAUDE, type Client, installed, NOVA, PNG, type Proof, proof, TITAN, WEATHER } from './client.ts'

interface Provider {
  chat(base: string, model: string): LanguageModel
  embedding?(base: string, model: string): EmbeddingModel
}

const tools = {
  [WEATHER.name]: tool({
    description: WEATHER.description,
    inputSchema: jsonSchema<{ city: string }>(WEATHER.parameters),
    execute: async ({ city }) => `22 degrees in ${city}`
  })
}
const schema = jsonSchema<City>(CITY_SCHEMA)
const image = Buffer.from(PNG.slice(PNG.indexOf(',') + 1), 'base64')

/** The same for every provider of the AI SDK. */
function proofs(provider: Provider): Proof[] {
  return [
    proof('`generateText`, with usage and a picture', async (t, { base }) => {
      const answer = await generateText({ model: provider.chat(base, NOVA), prompt: 'Say hello to the rock' })
      t.match(answer.text, /rock/)
      t.equal(answer.finishReason, 'stop')
      t.ok((answer.usage.totalTokens ?? 0) > 0)
      const content = [
        { type: 'text' as const, text: 'What is this?' },
        { type: 'file' as const, data: image, mediaType: 'image/png' }
      ]
      const seen = await generateText({ model: provider.chat(base, NOVA), messages: [{ role: 'user', content }] })
      t.match(seen.text, /What is this/)
    }),
    proof('`streamText`, with usage', async (t, { base }) => {
      const result = streamText({ model: provider.chat(base, NOVA), prompt: 'Say hello to the rock' })
      let text = ''
      for await (const delta of result.textStream) text += delta
      t.match(text, /rock/)
      t.equal(await result.finishReason, 'stop')
      t.ok(((await result.usage).totalTokens ?? 0) > 0)
    }),
    proof('tools over several steps, plain and streamed', async (t, { base }) => {
      const asked = {
        model: provider.chat(base, CLAUDE),
        tools,
        stopWhen: isStepCount(3),
        prompt: 'Use the weather tool for Paris'
      }
      const answer = await generateText(asked)
      t.match([answer.text, answer.steps.length], [/22 degrees in Paris/, 2])
      const streamed = streamText(asked)
      t.match(await streamed.text, /22 degrees in Paris/)
    }),
    proof('`generateObject`; `Output.object`, plain and streamed', async (t, { base }) => {
      for (const name of [CLAUDE, NOVA]) {
        const asked = { model: provider.chat(base, name), prompt: 'Tell about Paris' }
        t.match((await generateObject({ ...asked, schema })).object, { city: String, population: Number }, name)
        const { output } = await generateText({ ...asked, output: Output.object({ schema }) })
        t.match(output, { city: String, population: Number }, name)
        const streamed = streamText({ ...asked, output: Output.object({ schema }) })
        t.match(await streamed.output, { city: String, population: Number }, name)
      }
    }),
    ...(provider.embedding === undefined ? [] : [embeds(provider.embedding)]),
    proof('an unknown model; a stream that breaks in the middle', async (t, { base, standin }) => {
      const unknown = generateText({ model: provider.chat(base, 'no.such-model'), prompt: 'Hi' })
      await t.rejects(unknown, { name: 'AI_APICallError', statusCode: 404, isRetryable: false })
      standin.fail(NOVA, 'mid-stream-internal', 'none')
      const errors: unknown[] = []
      const broken = streamText({
        model: provider.chat(base, NOVA),
        prompt: 'Hi',
        onError: ({ error }) => void errors.push(error)
      })
      await broken.consumeStream()
      t.equal(errors.length, 1)
      return '`AI_APICallError` 404; the stream’s error is told'
    })
  ]
}

const embeds = (embedding: NonNullable<Provider['embedding']>) =>
  proof('`embedMany`, in order', async (t, { base }) => {
    const model = embedding(base, TITAN)
    const { embeddings, usage } = await embedMany({ model, values: ['one', 'two', 'three'] })
    t.same(
      embeddings.map((vector) => vector.length),
      [1024, 1024, 1024]
    )
    t.same((await embedMany({ model, values: ['three'] })).embeddings[0], embeddings[2])
    t.ok(usage.tokens > 0)
  })

const reasons = proof('reasoning as a part of its own', async (t, { base }) => {
  const provider = createOpenAICompatible({ name: 'adit', baseURL: `${base}/v1`, apiKey: KEY })
  const model = provider.chatModel(CLAUDE)
  const asked = { model, prompt: 'Think of the rock', providerOptions: { adit: { reasoningEffort: 'low' } } }
  t.match((await generateText(asked)).reasoningText, /rock/)
  t.match(await streamText(asked).reasoningText, /rock/)
})

export const AI_SDK_OPENAI: Client = {
  name: '@ai-sdk/openai, `.chat()`',
  version: `${installed('@ai-sdk/openai')}, ai ${installed('ai')}`,
  proofs: proofs({
    chat: (base, model) => createOpenAI({ baseURL: `${base}/v1`, apiKey: KEY }).chat(model),
    embedding: (base, model) => createOpenAI({ baseURL: `${base}/v1`, apiKey: KEY }).embedding(model)
  })
}

/** The SDK's own default. Without `store: false` it sends ids in place of the model's own text. */
export const AI_SDK_RESPONSES: Client = {
  name: '@ai-sdk/openai, Responses',
  version: `${installed('@ai-sdk/openai')}, ai ${installed('ai')}`,
  proofs: proofs({
    chat: (base, model) =>
      wrapLanguageModel({
        model: createOpenAI({ baseURL: `${base}/v1`, apiKey: KEY })(model),
        middleware: defaultSettingsMiddleware({ settings: { providerOptions: { openai: { store: false } } } })
      })
  })
}

const compatible = (base: string) =>
  createOpenAICompatible({
    name: 'adit',
    baseURL: `${base}/v1`,
    apiKey: KEY,
    includeUsage: true,
    supportsStructuredOutputs: true
  })

export const AI_SDK_COMPATIBLE: Client = {
  name: '@ai-sdk/openai-compatible',
  version: `${installed('@ai-sdk/openai-compatible')}, ai ${installed('ai')}`,
  proofs: [
    ...proofs({
      chat: (base, model) => compatible(base).chatModel(model),
      embedding: (base, model) => compatible(base).embeddingModel(model)
    }),
    reasons
  ]
}

const anthropicAt = (base: string, model: string) => createAnthropic({ baseURL: `${base}/v1`, apiKey: KEY })(model)

export const AI_SDK_ANTHROPIC: Client = {
  name: '@ai-sdk/anthropic',
  version: `${installed('@ai-sdk/anthropic')}, ai ${installed('ai')}`,
  proofs: [
    ...proofs({ chat: anthropicAt }),
    proof('thinking, plain and streamed, and sent back with its signature', async (t, { base }) => {
      const providerOptions = { anthropic: { thinking: { type: 'enabled' as const, budgetTokens: 1024 } } }
      const asked = { model: anthropicAt(base, CLAUDE), prompt: 'Think of the rock', providerOptions, maxOutputTokens: 4000 }
      t.match((await generateText(asked)).reasoningText, /rock/)
      t.match(await streamText(asked).reasoningText, /rock/)
      const steps = { ...asked, prompt: 'Use the weather tool for Paris', tools, stopWhen: isStepCount(3) }
      t.match((await generateText(steps)).text, /22 degrees in Paris/)
    })
  ]
}
