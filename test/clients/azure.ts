import { AzureChatOpenAI, AzureOpenAIEmbeddings } from '@langchain/openai'
import { AzureOpenAI } from 'openai'
import { KEY, lastCall } from '../support/helper.ts'
import { CLAUDE, type Client, installed, NOVA, proof, TITAN, WEATHER } from './client.ts'

const API_VERSION = '2024-10-21'
const SAY = [{ role: 'user' as const, content: 'Say hello to the rock' }]

export const AZURE_OPENAI: Client = {
  name: 'openai (Node), AzureOpenAI',
  version: installed('openai'),
  proofs: [
    proof('chat by deployment, plain and streamed', async (t, { base, standin }) => {
      const client = new AzureOpenAI({ endpoint: base, apiKey: KEY, apiVersion: API_VERSION, deployment: NOVA })
      const whole = await client.chat.completions.create({ model: '', messages: SAY })
      t.equal(whole.model, NOVA)
      t.equal(lastCall(standin)?.modelId, NOVA)
      t.equal(
        await client.chat.completions.stream({ model: '', messages: SAY }).finalContent(),
        whole.choices[0]?.message.content
      )
    }),
    proof('tools; the model in each call', async (t, { base }) => {
      const client = new AzureOpenAI({ endpoint: base, apiKey: KEY, apiVersion: API_VERSION })
      const tools = [{ type: 'function' as const, function: WEATHER }]
      const { choices } = await client.chat.completions.create({ model: CLAUDE, messages: SAY, tools, tool_choice: 'required' })
      t.equal(choices[0]?.finish_reason, 'tool_calls')
    }),
    proof('embeddings by deployment; the model list', async (t, { base }) => {
      const client = new AzureOpenAI({ endpoint: base, apiKey: KEY, apiVersion: API_VERSION })
      const { data } = await client.embeddings.create({ model: TITAN, input: 'a' })
      t.equal(data[0]?.embedding.length, 1024)
      const ids: string[] = []
      for await (const model of client.models.list()) ids.push(model.id)
      t.ok(ids.includes(NOVA))
    })
  ]
}

const AT = { azureOpenAIApiKey: KEY, azureOpenAIApiVersion: API_VERSION }

export const AZURE_LANGCHAIN: Client = {
  name: '@langchain/openai, Azure',
  version: installed('@langchain/openai'),
  proofs: [
    proof('`AzureChatOpenAI`, `AzureOpenAIEmbeddings`', async (t, { base }) => {
      const chat = new AzureChatOpenAI({ ...AT, azureOpenAIEndpoint: base, azureOpenAIApiDeploymentName: NOVA })
      t.match((await chat.invoke('Say hello to the rock')).content, /rock/)
      const embeddings = new AzureOpenAIEmbeddings({
        ...AT,
        azureOpenAIBasePath: `${base}/openai/deployments`,
        azureOpenAIApiDeploymentName: TITAN
      })
      t.equal((await embeddings.embedQuery('a')).length, 1024)
    })
  ]
}
