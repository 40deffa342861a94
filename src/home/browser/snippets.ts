import { type HomeState, makesVectors } from './state.ts'

/** What a snippet is made of. */
export interface SnippetInput {
  readonly base: string
  readonly model: string
  readonly vectors: boolean
}

export type SnippetKind = 'curl' | 'python' | 'node' | 'nextchat' | 'langchain'

/** Code that runs as pasted, once `OPENAI_API_KEY` is set; the key that was typed into the page is never in it. */
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
  }
}

export function snippetInput(state: HomeState): SnippetInput {
  return { base: state.base, model: state.model.id, vectors: makesVectors(state.model) }
}

/** A word of a POSIX shell, whatever is in it. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

export function curlSnippet({ base, model, vectors }: SnippetInput): string {
  const body = vectors
    ? { model, input: ['The first text', 'The second text'] }
    : { model, stream: true, messages: [{ role: 'user', content: 'Say hello' }] }
  return `curl -N ${base}/${vectors ? 'embeddings' : 'chat/completions'} \\
  -H "authorization: Bearer $OPENAI_API_KEY" \\
  -H "content-type: application/json" \\
  -d ${shellWord(JSON.stringify(body))}`
}

export function pythonSnippet({ base, model, vectors }: SnippetInput): string {
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
  return `${head}stream = client.chat.completions.create(
    model=${JSON.stringify(model)},
    messages=[{"role": "user", "content": "Say hello"}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)`
}

export function nodeSnippet({ base, model, vectors }: SnippetInput): string {
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
  const endpoint = base.replace(/\/v1$/, '')
  return `# In its Settings, with Custom Endpoint on:
#   OpenAI Endpoint   ${endpoint}
#   OpenAI API Key    your key
#   Custom Models     -all,+${model}@OpenAI
#
# Or on a server of its own (in a container, 127.0.0.1 is the container itself):
docker run -p 3000:3000 \\
  -e BASE_URL=${shellWord(endpoint)} \\
  -e OPENAI_API_KEY \\
  -e CUSTOM_MODELS=${shellWord(`-all,+${model}@OpenAI`)} \\
  -e DEFAULT_MODEL=${shellWord(model)} \\
  yidadaa/chatgpt-next-web`
}

export function langChainSnippet({ base, model, vectors }: SnippetInput): string {
  if (vectors)
    return `# pip install langchain-openai
from langchain_openai import OpenAIEmbeddings

embeddings = OpenAIEmbeddings(
    model=${JSON.stringify(model)},
    base_url=${JSON.stringify(base)},  # the key: OPENAI_API_KEY
    check_embedding_ctx_length=False,
)
print(len(embeddings.embed_query("The first text")))`
  return `# pip install langchain-openai
from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    model=${JSON.stringify(model)},
    base_url=${JSON.stringify(base)},  # the key: OPENAI_API_KEY
)
for chunk in model.stream("Say hello"):
    print(chunk.content, end="", flush=True)`
}
