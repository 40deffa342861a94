import { blob, type Check, flag, json, jsonObject, list, map, number, oneOf, struct, text, union } from './shape.ts'

const NAME = text({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ })
const TOOL_ID = text({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_.:-]+$/ })
const METADATA = /^[a-zA-Z0-9\s:_@$#=/+,\-.]*$/
const S3 = struct({ uri: text({ min: 1, max: 1024, pattern: /^s3:\/\/.*$/ }), bucketOwner: text({ pattern: /^[0-9]{12}$/ }) }, [
  'uri'
])
const MEDIA = union({ bytes: blob, s3Location: S3 })
const TEXTS = list(union({ text: text() }))
const CACHE_POINT = struct({ type: oneOf('default'), ttl: oneOf('5m', '1h') }, ['type'])
const CITATIONS = struct({ enabled: flag }, ['enabled'])

const IMAGE = struct({ format: oneOf('png', 'jpeg', 'gif', 'webp'), source: MEDIA, error: jsonObject }, ['format', 'source'])
const DOCUMENT = struct(
  {
    format: oneOf('pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'),
    name: text({ min: 1, max: 200 }),
    source: union({
      bytes: blob,
      s3Location: S3,
      text: text({ min: 1 }),
      content: list(union({ text: text({ min: 1 }) }), { min: 1 })
    }),
    context: text({ min: 1 }),
    citations: CITATIONS
  },
  ['name', 'source']
)
const VIDEO = struct({ format: oneOf('mkv', 'mov', 'mp4', 'webm', 'flv', 'mpeg', 'mpg', 'wmv', 'three_gp'), source: MEDIA }, [
  'format',
  'source'
])
const AUDIO_FORMATS = 'mp3 opus wav aac flac mp4 ogg mkv mka x-aac m4a mpeg mpga pcm webm'.split(' ')
const AUDIO = struct({ format: oneOf(...AUDIO_FORMATS), source: MEDIA, error: jsonObject }, ['format', 'source'])
const SEARCH_RESULT = struct({ source: text(), title: text(), content: TEXTS, citations: CITATIONS }, [
  'source',
  'title',
  'content'
])
const GUARD_CONTENT = union({
  text: struct({ text: text(), qualifiers: list(oneOf('grounding_source', 'query', 'guard_content')) }, ['text']),
  image: struct({ format: oneOf('png', 'jpeg'), source: union({ bytes: blob }) }, ['format', 'source'])
})

const TOOL_USE = struct({ toolUseId: TOOL_ID, name: NAME, input: json, type: oneOf('server_tool_use') }, [
  'toolUseId',
  'name',
  'input'
])
const TOOL_RESULT = struct(
  {
    toolUseId: TOOL_ID,
    content: list(union({ json, text: text(), image: IMAGE, document: DOCUMENT, video: VIDEO, searchResult: SEARCH_RESULT })),
    status: oneOf('success', 'error'),
    type: text()
  },
  ['toolUseId', 'content']
)
const REASONING = union({ reasoningText: struct({ text: text(), signature: text() }, ['text']), redactedContent: blob })

const BLOCK = union({
  text: text(),
  image: IMAGE,
  document: DOCUMENT,
  video: VIDEO,
  audio: AUDIO,
  toolUse: TOOL_USE,
  toolResult: TOOL_RESULT,
  reasoningContent: REASONING,
  cachePoint: CACHE_POINT,
  guardContent: GUARD_CONTENT,
  citationsContent: struct({ content: TEXTS, citations: list(jsonObject) }),
  searchResult: SEARCH_RESULT,
  toolAddition: jsonObject,
  toolRemoval: jsonObject
})

const TOOL_SPEC = struct({ name: NAME, description: text({ min: 1 }), inputSchema: union({ json: jsonObject }), strict: flag }, [
  'name',
  'inputSchema'
])
const TOOL_CONFIG = struct(
  {
    tools: list(union({ toolSpec: TOOL_SPEC, systemTool: struct({ name: NAME }, ['name']), cachePoint: CACHE_POINT }), {
      min: 1
    }),
    toolChoice: union({ auto: struct({}), any: struct({}), tool: struct({ name: NAME }, ['name']) })
  },
  ['tools']
)

const MESSAGES = list(struct({ role: oneOf('user', 'assistant', 'system'), content: list(BLOCK) }, ['role', 'content']))
const SYSTEM = list(union({ text: text({ min: 1 }), guardContent: GUARD_CONTENT, cachePoint: CACHE_POINT }))

function guardrail(streaming: boolean): Check {
  const members = {
    guardrailIdentifier: text({
      pattern: /^(|([a-z0-9]+)|(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail\/[a-z0-9]+))$/
    }),
    guardrailVersion: text({ pattern: /^(|([1-9][0-9]{0,7})|(DRAFT))$/ }),
    trace: oneOf('enabled', 'disabled', 'enabled_full')
  }
  return struct(streaming ? { ...members, streamProcessingMode: oneOf('sync', 'async') } : members)
}

const JSON_SCHEMA = struct({ schema: text({ min: 1 }), name: text({ min: 1 }), description: text({ min: 1 }) }, ['schema'])
const OUTPUT_CONFIG = struct({
  textFormat: struct({ type: oneOf('json_schema'), structure: union({ jsonSchema: JSON_SCHEMA }) }, ['type', 'structure']),
  effort: text()
})

function converse(streaming: boolean): Check {
  return struct({
    messages: MESSAGES,
    system: SYSTEM,
    inferenceConfig: struct({
      maxTokens: number({ min: 1, integer: true }),
      temperature: number({ min: 0, max: 1 }),
      topP: number({ min: 0, max: 1 }),
      stopSequences: list(text({ min: 1 }), { max: 2500 })
    }),
    toolConfig: TOOL_CONFIG,
    guardrailConfig: guardrail(streaming),
    additionalModelRequestFields: jsonObject,
    additionalModelResponseFieldPaths: list(text({ min: 1, max: 256, pattern: /^(\/.*)$/ }), { max: 10 }),
    promptVariables: map(text(), union({ text: text() })),
    performanceConfig: struct({ latency: oneOf('standard', 'optimized') }),
    serviceTier: struct({ type: oneOf('priority', 'default', 'flex', 'reserved') }, ['type']),
    outputConfig: OUTPUT_CONFIG,
    requestMetadata: map(text({ min: 1, max: 256, pattern: METADATA }), text({ max: 256, pattern: METADATA }), {
      min: 1,
      max: 16
    })
  })
}

/** The body of Converse, as the API model has it. */
export const CONVERSE_SHAPE = converse(false)

/** The body of ConverseStream: the same, and how a guardrail treats the stream. */
export const CONVERSE_STREAM_SHAPE = converse(true)

/** What CountTokens takes: a conversation without the settings of a run, or a native body. */
export const COUNT_TOKENS_SHAPE = struct(
  {
    input: union({
      converse: struct({ messages: MESSAGES, system: SYSTEM, toolConfig: TOOL_CONFIG, additionalModelRequestFields: jsonObject }),
      invokeModel: struct({ body: blob }, ['body'])
    })
  },
  ['input']
)
