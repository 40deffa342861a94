import { createOpenAI } from '@ai-sdk/openai'
import { Agent, OpenAIConversationsSession, OpenAIResponsesModel, Runner, setTracingDisabled } from '@openai/agents'
import { generateText, jsonSchema, stepCountIs, tool } from 'ai'
import OpenAI from 'openai'
import t from 'tap'
import { build, KEY, lastCall } from '../support/helper.ts'

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const say = (text: string) => ({ content: [{ text }], stopReason: 'end_turn' })

t.test('AI SDK with its defaults: earlier answers are sent as references', async (t) => {
  const { base, standin } = await build(t)
  standin.answer(
    CLAUDE,
    { content: [{ text: 'I look.' }, { toolUse: { toolUseId: 'c1', name: 'look', input: {} } }], stopReason: 'tool_use' },
    say('Sunny.')
  )
  const { text } = await generateText({
    model: createOpenAI({ baseURL: `${base}/v1`, apiKey: KEY })(CLAUDE),
    prompt: 'weather?',
    tools: { look: tool({ inputSchema: jsonSchema({ type: 'object', properties: {} }), execute: async () => 'sun' }) },
    stopWhen: stepCountIs(3),
    maxRetries: 0
  })
  t.equal(text, 'Sunny.')
  const sent = standin.requests.findLast(({ path }) => path.includes('/model/'))?.body as { messages: unknown[] }
  t.match(sent.messages[1], { role: 'assistant', content: [{ text: 'I look.' }, { toolUse: { name: 'look' } }] })
})

t.test('Agents SDK: a session in a conversation', async (t) => {
  const { base, standin } = await build(t)
  standin.answer(CLAUDE, say('Noted.'))
  setTracingDisabled(true)
  const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: KEY, maxRetries: 0 })
  const agent = new Agent({ name: 'a', instructions: 'be brief', model: new OpenAIResponsesModel(client, CLAUDE) })
  const session = new OpenAIConversationsSession({ client })
  const runner = new Runner()
  await runner.run(agent, 'my name is Ada', { session })
  const { finalOutput } = await runner.run(agent, 'who am I?', { session })
  t.equal(finalOutput, 'Noted.')
  t.match(JSON.stringify(lastCall(standin)?.body), /my name is Ada.*Noted\..*who am I\?/)
  t.equal((await session.getItems()).length, 4)
  await session.clearSession()
})
