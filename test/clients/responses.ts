import { HumanMessage, ToolMessage } from '@langchain/core/messages'
import { tool as langchainTool } from '@langchain/core/tools'
import { ChatOpenAI } from '@langchain/openai'
import { Agent, tool as agentTool, OpenAIResponsesModel, Runner } from '@openai/agents'
import OpenAI from 'openai'
import { KEY, lastCall } from '../support/helper.ts'
import { CITY_SCHEMA, type City, CLAUDE, type Client, failure, installed, NOVA, PNG, proof, WEATHER } from './client.ts'

const functions = [{ type: 'function' as const, ...WEATHER, strict: true }]
const input = 'Use the weather tool for Paris'

export const OPENAI_RESPONSES: Client = {
  name: 'openai, Responses',
  version: installed('openai'),
  proofs: [
    proof('`responses.create`, with a picture', async (t, { openai }) => {
      const answer = await openai.responses.create({ model: NOVA, input: 'Say hello to the rock' })
      t.match(answer, { id: /^resp_.{24}/, object: 'response', status: 'completed', output_text: /rock/ })
      t.ok((answer.usage?.total_tokens ?? 0) > 0)
      const content = [
        { type: 'input_text' as const, text: 'What is this?' },
        { type: 'input_image' as const, image_url: PNG, detail: 'auto' as const }
      ]
      const seen = await openai.responses.create({ model: NOVA, input: [{ role: 'user', content }] })
      t.match(seen.output_text, /What is this/)
    }),
    proof('`responses.stream`: tools, and its items sent back', async (t, { openai }) => {
      const asked = { model: CLAUDE, input, tools: functions, reasoning: { effort: 'low' as const, summary: 'auto' as const } }
      const called = await openai.responses.stream(asked).finalResponse()
      const call = called.output.find((item) => item.type === 'function_call')
      t.match(call, { name: WEATHER.name, parsed_arguments: { city: 'Paris' } })
      const output = { type: 'function_call_output' as const, call_id: call!.call_id, output: '22 degrees in Paris' }
      const items = [{ role: 'user' as const, content: input }, ...called.output, output]
      const answer = await openai.responses.stream({ ...asked, input: items as never }).finalResponse()
      t.match(answer.output_text, /22 degrees in Paris/)
    }),
    proof('`responses.parse` with a schema', async (t, { openai }) => {
      for (const model of [CLAUDE, NOVA]) {
        const format = { type: 'json_schema' as const, name: 'city', schema: CITY_SCHEMA, strict: true }
        const answer = await openai.responses.parse({ model, input: 'Tell about Paris', text: { format } })
        t.match(answer.output_parsed as City | null, { city: String, population: Number }, model)
      }
    }),
    proof('`responses.compact`, `inputTokens.count`', async (t, { openai }) => {
      const packed = await openai.responses.compact({ model: NOVA as never, input: 'The rock is grey' })
      const answer = await openai.responses.create({
        model: NOVA,
        input: [...packed.output, { role: 'user', content: 'And?' }] as never
      })
      t.equal(answer.status, 'completed')
      t.ok((await openai.responses.inputTokens.count({ model: NOVA, input: 'Hello' })).input_tokens > 0)
    }),
    proof('an unknown model; a stream that breaks in the middle', async (t, { openai, standin }) => {
      t.match(await failure(openai.responses.create({ model: 'no.such-model', input })), { status: 404, code: 'model_not_found' })
      standin.fail(NOVA, 'mid-stream-internal', 'none')
      t.ok((await failure(openai.responses.stream({ model: NOVA, input }).finalResponse())) instanceof OpenAI.APIError)
      return '404; the broken stream throws'
    })
  ]
}

const getWeather = agentTool({
  name: WEATHER.name,
  description: WEATHER.description,
  parameters: WEATHER.parameters as never,
  strict: true,
  execute: async (given) => `22 degrees in ${(given as { city: string }).city}`
})

function agentAt(base: string, more: object = {}) {
  const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: KEY, maxRetries: 0 })
  const model = new OpenAIResponsesModel(client as never, CLAUDE)
  return new Agent({ name: 'Guide', instructions: 'Be brief.', model, tools: [getWeather], ...more })
}

const runner = new Runner({ tracingDisabled: true })

export const AGENTS: Client = {
  name: '@openai/agents',
  version: installed('@openai/agents'),
  proofs: [
    proof('a run with a tool, plain and streamed', async (t, { base, standin }) => {
      t.match((await runner.run(agentAt(base), input)).finalOutput, /22 degrees in Paris/)
      const streamed = await runner.run(agentAt(base), input, { stream: true })
      await streamed.completed
      t.match(streamed.finalOutput, /22 degrees in Paris/)
      t.match(lastCall(standin)?.body, { system: [{ text: 'Be brief.' }] })
    }),
    proof('reasoning through tool turns', async (t, { base, standin }) => {
      const agent = agentAt(base, { modelSettings: { reasoning: { effort: 'low', summary: 'auto' } } })
      const done = await runner.run(agent, input)
      t.match(done.finalOutput, /22 degrees in Paris/)
      t.match(JSON.stringify(lastCall(standin)?.body), /reasoningContent.*signature/)
    })
  ]
}

const chatAt = (base: string, model = NOVA) =>
  new ChatOpenAI({ model, apiKey: KEY, maxRetries: 0, useResponsesApi: true, configuration: { baseURL: `${base}/v1` } })

const lookUp = langchainTool(async ({ city }: { city: string }) => `22 degrees in ${city}`, {
  name: WEATHER.name,
  description: WEATHER.description,
  schema: WEATHER.parameters
})

export const LANGCHAIN_RESPONSES: Client = {
  name: '@langchain/openai, Responses',
  version: installed('@langchain/openai'),
  proofs: [
    proof('`invoke` and `stream`, with usage', async (t, { base }) => {
      const whole = await chatAt(base).invoke('Say hello to the rock')
      t.match(whole.text, /rock/)
      t.match(whole, { usage_metadata: { input_tokens: Number, output_tokens: Number } })
      let text = ''
      for await (const chunk of await chatAt(base).stream('Say hello to the rock')) text += chunk.text
      t.equal(text, whole.text)
    }),
    proof('`bindTools`: call, result, answer; plain and streamed', async (t, { base }) => {
      const chat = chatAt(base, CLAUDE).bindTools([lookUp])
      const asked = new HumanMessage(input)
      const streamed = await chat.stream([asked])
      let sum: Awaited<ReturnType<typeof chat.invoke>> | undefined
      for await (const chunk of streamed) sum = sum === undefined ? chunk : sum.concat(chunk)
      for (const called of [await chat.invoke([asked]), sum!]) {
        t.match(called.tool_calls, [{ name: WEATHER.name, args: { city: 'Paris' } }])
        const results = (called.tool_calls ?? []).map(
          ({ id = '', args }) => new ToolMessage({ content: `22 degrees in ${args.city}`, tool_call_id: id })
        )
        t.match((await chat.invoke([asked, called, ...results])).text, /22 degrees in Paris/)
      }
    }),
    proof('`withStructuredOutput`', async (t, { base }) => {
      const asked = chatAt(base, CLAUDE).withStructuredOutput<City>(CITY_SCHEMA, { name: 'extract', method: 'jsonSchema' })
      t.match(await asked.invoke('Tell about Paris'), { city: String, population: Number })
    })
  ]
}
