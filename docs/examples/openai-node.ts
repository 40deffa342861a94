// The official OpenAI client against Adit: a plain answer, then a stream.
// OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=sk-adit-demo node docs/examples/openai-node.ts
import OpenAI from 'openai'

const client = new OpenAI() // reads OPENAI_BASE_URL and OPENAI_API_KEY
const model = process.env.MODEL || 'gpt-4o'

const completion = await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Say hello' }] })
console.log(completion.choices[0]?.message.content)

const stream = client.chat.completions.stream({ model, messages: [{ role: 'user', content: 'Say hello' }] })
stream.on('content', (text) => process.stdout.write(text))
await stream.finalChatCompletion()
console.log()

const tools = client.chat.completions.runTools({
  model,
  messages: [{ role: 'user', content: 'Use the weather tool for Paris' }],
  tools: [
    {
      type: 'function',
      function: {
        name: 'get_weather',
        description: 'The weather in a city',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
        parse: JSON.parse,
        function: async (input: { city: string }) => ({ city: input.city, celsius: 22 })
      }
    }
  ]
})
console.log(await tools.finalContent())
