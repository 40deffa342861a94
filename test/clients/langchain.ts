import { ChatAnthropic } from '@langchain/anthropic'
import { type AIMessageChunk, HumanMessage, ToolMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { KEY, lastCall } from '../support/helper.ts'
import { CITY_SCHEMA, type City, CLAUDE, type Client, failure, installed, NOVA, PNG, proof, TITAN, WEATHER } from './client.ts'

const chatAt = (base: string, model = NOVA) =>
  new ChatOpenAI({ model, apiKey: KEY, maxRetries: 0, configuration: { baseURL: `${base}/v1` } })

const getWeather = tool(async ({ city }: { city: string }) => `22 degrees in ${city}`, {
  name: WEATHER.name,
  description: WEATHER.description,
  schema: WEATHER.parameters
})

const gather = async (stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk> => {
  let sum: AIMessageChunk | undefined
  for await (const chunk of stream) sum = sum === undefined ? chunk : sum.concat(chunk)
  if (sum === undefined) throw new Error('the stream was empty')
  return sum
}

export const LANGCHAIN: Client = {
  name: '@langchain/openai',
  version: installed('@langchain/openai'),
  proofs: [
    proof('`invoke`, with usage', async (t, { base }) => {
      const answer = await chatAt(base).invoke('Say hello to the rock')
      t.match(answer.content, /rock/)
      t.match(answer, { usage_metadata: { input_tokens: Number, output_tokens: Number } })
      t.equal(answer.response_metadata.finish_reason, 'stop')
    }),
    proof('`stream`, with usage; `batch`', async (t, { base }) => {
      const chat = chatAt(base)
      const whole = await chat.invoke('Say hello to the rock')
      const streamed = await gather(await chat.stream('Say hello to the rock'))
      t.equal(streamed.content, whole.content)
      t.match(streamed.usage_metadata, { total_tokens: Number })
      t.match(streamed.usage_metadata, whole.usage_metadata)
      const both = await chat.batch(['rock one', 'rock two'])
      t.match(
        both.map(({ content }) => content),
        [/rock one/, /rock two/]
      )
    }),
    proof('`bindTools`: call, result, answer', async (t, { base }) => {
      const chat = chatAt(base, CLAUDE).bindTools([getWeather])
      const asked = new HumanMessage('Use the weather tool for Paris')
      const called = await chat.invoke([asked])
      t.match(called.tool_calls, [{ name: WEATHER.name, args: { city: 'Paris' } }])
      const results = (called.tool_calls ?? []).map(
        ({ id = '', args }) => new ToolMessage({ content: `22 degrees in ${args.city}`, tool_call_id: id, name: WEATHER.name })
      )
      const answer = await chat.invoke([asked, called, ...results])
      t.match(answer.content, /22 degrees in Paris/)
    }),
    proof('tools in a stream, and its message sent back', async (t, { base }) => {
      const chat = chatAt(base, CLAUDE).bindTools([getWeather], { tool_choice: 'required' })
      const called = await gather(await chat.stream('Paris'))
      const [call] = called.tool_calls ?? []
      t.match(call, { name: WEATHER.name, args: { city: 'Paris' } })
      const result = new ToolMessage({ content: '22 degrees', tool_call_id: call?.id ?? '', name: WEATHER.name })
      t.match((await chatAt(base, CLAUDE).invoke([new HumanMessage('Paris'), called, result])).content, /22 degrees/)
    }),
    proof('`withStructuredOutput`: `jsonSchema`, `functionCalling`, `jsonMode`', async (t, { base, standin }) => {
      for (const model of [CLAUDE, NOVA])
        for (const method of ['jsonSchema', 'functionCalling'] as const) {
          const chat = chatAt(base, model).withStructuredOutput<City>(CITY_SCHEMA, { method, name: 'city' })
          t.match(await chat.invoke('Tell about Paris'), { city: String, population: Number }, `${model} ${method}`)
        }
      standin.answer('amazon.nova-micro-v1:0', { content: [{ text: '{"city":"Paris","population":2}' }] })
      const mode = chatAt(base, 'amazon.nova-micro-v1:0').withStructuredOutput<City>(CITY_SCHEMA, { method: 'jsonMode' })
      t.same(await mode.invoke('Tell about Paris'), { city: 'Paris', population: 2 })
    }),
    proof('a picture; names of OpenAI (`gpt-5`: developer role, `max_completion_tokens`)', async (t, { base, standin }) => {
      const content = [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: PNG } }
      ]
      t.match((await chatAt(base).invoke([new HumanMessage({ content })])).content, /What is this/)
      const chat = new ChatOpenAI({ model: 'gpt-5', apiKey: KEY, maxTokens: 50, configuration: { baseURL: `${base}/v1` } })
      await chat.invoke([
        ['system', 'Be brief'],
        ['human', 'Hi']
      ])
      t.match(lastCall(standin)?.body, { system: [{ text: 'Be brief' }], inferenceConfig: { maxTokens: 50 } })
    }),
    proof('`OpenAIEmbeddings`: documents, a query, `dimensions`', async (t, { base }) => {
      const made = { model: TITAN, apiKey: KEY, configuration: { baseURL: `${base}/v1` } }
      const embeddings = new OpenAIEmbeddings({ ...made, dimensions: 256 })
      const [first, second] = await embeddings.embedDocuments(['one', 'two'])
      t.same([first?.length, second?.length], [256, 256])
      t.same(await embeddings.embedQuery('two'), second)
    }),
    proof('a wrong key, an unknown model', async (t, { base }) => {
      const wrong = new ChatOpenAI({ model: NOVA, apiKey: 'sk-wrong', configuration: { baseURL: `${base}/v1` } })
      t.match(await failure(wrong.invoke('Hi')), { status: 401, code: 'invalid_api_key' })
      t.match(await failure(chatAt(base, 'no.such-model').invoke('Hi')), { status: 404, code: 'model_not_found' })
      return 'told at once, with status and code'
    })
  ]
}

const claudeAt = (base: string, model = NOVA, apiKey = KEY) =>
  new ChatAnthropic({ model, apiKey, anthropicApiUrl: base, maxRetries: 0, maxTokens: 300 })

const USED = { usage_metadata: { input_tokens: Number, output_tokens: Number } }

export const LANGCHAIN_ANTHROPIC: Client = {
  name: '@langchain/anthropic',
  version: installed('@langchain/anthropic'),
  proofs: [
    proof('`invoke` and `stream`, with usage', async (t, { base }) => {
      const whole = await claudeAt(base).invoke('Say hello to the rock')
      t.match(whole.text, /rock/)
      const streamed = await gather(await claudeAt(base).stream('Say hello to the rock'))
      t.equal(streamed.text, whole.text)
      t.match([whole, streamed], [USED, USED])
    }),
    proof('`bindTools`: call, result, answer, plain and streamed', async (t, { base }) => {
      const chat = claudeAt(base, CLAUDE).bindTools([getWeather])
      const asked = new HumanMessage('Use the weather tool for Paris')
      for (const called of [await chat.invoke([asked]), await gather(await chat.stream([asked]))]) {
        t.match(called.tool_calls, [{ name: WEATHER.name, args: { city: 'Paris' } }])
        const results = (called.tool_calls ?? []).map(
          ({ id = '', args }) => new ToolMessage({ content: `22 degrees in ${args.city}`, tool_call_id: id, name: WEATHER.name })
        )
        t.match((await chat.invoke([asked, called, ...results])).text, /22 degrees in Paris/)
      }
    }),
    proof('`withStructuredOutput`', async (t, { base }) => {
      for (const model of [CLAUDE, NOVA]) {
        const chat = claudeAt(base, model).withStructuredOutput<City>(CITY_SCHEMA, { name: 'city' })
        t.match(await chat.invoke('Tell about Paris'), { city: String, population: Number }, model)
      }
    }),
    proof('a wrong key, an unknown model', async (t, { base }) => {
      t.match(await failure(claudeAt(base, NOVA, 'sk-wrong').invoke('Hi')), { status: 401 })
      t.match(await failure(claudeAt(base, 'no.such-model').invoke('Hi')), { status: 404 })
      return 'told at once, with status'
    })
  ]
}
