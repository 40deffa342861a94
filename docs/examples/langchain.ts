// LangChain's ChatOpenAI against Adit: invoke, stream, and a tool.
// OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=sk-adit-demo node docs/examples/langchain.ts
import { tool } from '@langchain/core/tools'
import { ChatOpenAI } from '@langchain/openai'

const chat = new ChatOpenAI({
  model: process.env.MODEL || 'gpt-4o',
  configuration: { baseURL: process.env.OPENAI_BASE_URL || 'http://127.0.0.1:8080/v1' }
})

const answer = await chat.invoke('Say hello')
console.log(answer.content)

for await (const chunk of await chat.stream('Say hello')) process.stdout.write(String(chunk.content))
console.log()

const getWeather = tool(async ({ city }: { city: string }) => `22 degrees in ${city}`, {
  name: 'get_weather',
  description: 'The weather in a city',
  schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
})
const call = await chat.bindTools([getWeather]).invoke('Use the weather tool for Paris')
console.log(JSON.stringify(call.tool_calls))
