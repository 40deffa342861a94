import { dialectBody, dialectPath } from './dialects.ts'
import { type DialectName, type HomeState, makesVectors } from './state.ts'

/** What a snippet is made of. */
export interface SnippetInput {
  readonly base: string
  readonly model: string
  readonly vectors: boolean
  /** Absent: Chat Completions. */
  readonly dialect?: DialectName
}

export type SnippetKind = 'curl' | 'python' | 'node' | 'nextchat' | 'langchain' | 'codex' | 'claude-code'

/** Code that runs as pasted, once the key is in the environment; the key that was typed into the page is never in it. */
export function snippet(kind: SnippetKind, input: SnippetInput): string {
  switch (kind) {
    case 'curl':
      return curlSnippet(input)
    case 'python':
      return pythonSnippet(input)
    case 'node':
      return nodeSnippet(input)
    case 'nextchat':
      return nextChatSnippet(input)
    case 'langchain':
      return langChainSnippet(input)
    case 'codex':
      return codexSnippet(input)
    case 'claude-code':
      return claudeCodeSnippet(input)
  }
}

export function snippetInput(state: HomeState): SnippetInput {
  return { base: state.base, model: state.model.id, vectors: makesVectors(state.model), dialect: state.dialect }
}

/** A word of a POSIX shell, whatever is in it. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** The address without `/v1`, which Anthropic's clients and NextChat add themselves. */
export function originOf(base: string): string {
  return base.replace(/\/v1$/, '')
}

export function curlSnippet({ base, model, vectors, dialect = 'chat' }: SnippetInput): string {
  const body = vectors
    ? { model, input: ['The first text', 'The second text'] }
    : dialectBody(dialect, model, [{ role: 'user', content: 'Say hello' }])
  const key = dialect === 'messages' && !vectors ? 'ANTHROPIC_AUTH_TOKEN' : 'OPENAI_API_KEY'
  return `curl -N ${base}/${vectors ? 'embeddings' : dialectPath(dialect)} \\
  -H "authorization: Bearer $${key}" \\
  -H "content-type: application/json" \\
  -d ${shellWord(JSON.stringify(body))}`
}

export function pythonSnippet({ base, model, vectors, dialect = 'chat' }: SnippetInput): string {
  if (dialect === 'messages' && !vectors)
    return `# pip install anthropic
from anthropic import Anthropic

client = Anthropic(base_url=${JSON.stringify(originOf(base))})  # the key: ANTHROPIC_AUTH_TOKEN
with client.messages.stream(
    model=${JSON.stringify(model)},
    max_tokens=1000,
    messages=[{"role": "user", "content": "Say hello"}],
) as stream:
    for text in stream.text_stream:
        print(text, end="", flush=True)`
  const head = `# pip install openai
from openai import OpenAI

client = OpenAI(base_url=${JSON.stringify(base)})  # the key: OPENAI_API_KEY
`
  if (vectors)
    return `${head}reply = client.embeddings.create(
    model=${JSON.stringify(model)},
    input=["The first text", "The second text"],
)
print([len(item.embedding) for item in reply.data])`
  if (dialect === 'responses')
    return `${head}stream = client.responses.create(
    model=${JSON.stringify(model)},
    input="Say hello",
    stream=True,
)
for event in stream:
    if event.type == "response.output_text.delta":
        print(event.delta, end="", flush=True)`
  return `${head}stream = client.chat.completions.create(
    model=${JSON.stringify(model)},
    messages=[{"role": "user", "content": "Say hello"}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)`
}

export function nodeSnippet({ base, model, vectors, dialect = 'chat' }: SnippetInput): string {
  if (dialect === 'messages' && !vectors)
    return `// npm install @anthropic-ai/sdk
import Anthropic from '@anthropic-ai/sdk'

const client = new Anthropic({ baseURL: ${JSON.stringify(originOf(base))} }) // the key: ANTHROPIC_AUTH_TOKEN
const stream = client.messages.stream({
  model: ${JSON.stringify(model)},
  max_tokens: 1000,
  messages: [{ role: 'user', content: 'Say hello' }]
})
stream.on('text', (text) => process.stdout.write(text))
await stream.finalMessage()`
  const head = `// npm install openai
import OpenAI from 'openai'

const client = new OpenAI({ baseURL: ${JSON.stringify(base)} }) // the key: OPENAI_API_KEY
`
  if (vectors)
    return `${head}const reply = await client.embeddings.create({
  model: ${JSON.stringify(model)},
  input: ['The first text', 'The second text']
})
console.log(reply.data.map((item) => item.embedding.length))`
  if (dialect === 'responses')
    return `${head}const stream = await client.responses.create({
  model: ${JSON.stringify(model)},
  input: 'Say hello',
  stream: true
})
for await (const event of stream) {
  if (event.type === 'response.output_text.delta') process.stdout.write(event.delta)
}`
  return `${head}const stream = await client.chat.completions.create({
  model: ${JSON.stringify(model)},
  messages: [{ role: 'user', content: 'Say hello' }],
  stream: true
})
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? '')
}`
}

/** NextChat adds `/v1` itself, and lists no models: each must be named. */
export function nextChatSnippet({ base, model, vectors }: SnippetInput): string {
  if (vectors) return 'NextChat has no use for an embedding model. Choose a model that writes text.'
  const endpoint = originOf(base)
  return `# In its Settings, with Custom Endpoint on:
#   OpenAI Endpoint ${endpoint}
#   OpenAI API Key  your key
#   Custom Models   -all,+${model}@OpenAI
#
# Or on a server of its own (in a container, 127.0.0.1 is the container itself):
docker run -p 3000:3000 \\
  -e BASE_URL=${shellWord(endpoint)} \\
  -e OPENAI_API_KEY \\
  -e CUSTOM_MODELS=${shellWord(`-all,+${model}@OpenAI`)} \\
  -e DEFAULT_MODEL=${shellWord(model)} \\
  yidadaa/chatgpt-next-web`
}

export function langChainSnippet({ base, model, vectors, dialect = 'chat' }: SnippetInput): string {
  if (vectors)
    return `# pip install langchain-openai
from langchain_openai import OpenAIEmbeddings

embeddings = OpenAIEmbeddings(
    model=${JSON.stringify(model)},
    base_url=${JSON.stringify(base)},  # the key: OPENAI_API_KEY
    check_embedding_ctx_length=False,
)
print(len(embeddings.embed_query("The first text")))`
  if (dialect === 'messages')
    return `# pip install langchain-anthropic
from langchain_anthropic import ChatAnthropic

model = ChatAnthropic(
    model=${JSON.stringify(model)},
    base_url=${JSON.stringify(originOf(base))},  # the key: ANTHROPIC_API_KEY
    max_tokens=1000,
)
for chunk in model.stream("Say hello"):
    print(chunk.text, end="", flush=True)`
  return `# pip install langchain-openai
from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    model=${JSON.stringify(model)},
    base_url=${JSON.stringify(base)},  # the key: OPENAI_API_KEY${dialect === 'responses' ? '\n    use_responses_api=True,' : ''}
)
for chunk in model.stream("Say hello"):
    print(chunk.${dialect === 'responses' ? 'text' : 'content'}, end="", flush=True)`
}

/** Codex speaks the Responses API only. */
export function codexSnippet({ base, model, vectors }: SnippetInput): string {
  if (vectors) return 'Codex has no use for an embedding model. Choose a model that writes text.'
  return `# ~/.codex/config.toml; the key: ADIT_API_KEY in the environment
model = ${JSON.stringify(model)}
model_provider = "adit"

[model_providers.adit]
name = "Adit"
base_url = ${JSON.stringify(base)}
env_key = "ADIT_API_KEY"
wire_api = "responses"`
}

/** Claude Code speaks Anthropic's Messages API only. */
export function claudeCodeSnippet({ base, model, vectors }: SnippetInput): string {
  if (vectors) return 'Claude Code has no use for an embedding model. Choose a model that writes text.'
  return `# the key: ANTHROPIC_AUTH_TOKEN in the environment
export ANTHROPIC_BASE_URL=${shellWord(originOf(base))}
export ANTHROPIC_MODEL=${shellWord(model)}
claude`
}
