import t from 'tap'
import { build, CLAUDE, NOVA, post } from './clients.ts'

const OPUS = 'us.anthropic.claude-opus-5-5'
const SONNET_46 = 'us.anthropic.claude-sonnet-4-6'
const OPUS_47 = 'us.anthropic.claude-opus-4-7'
const HAIKU_45 = 'us.anthropic.claude-haiku-4-5-20251001-v1:0'
const OPUS_41 = 'us.anthropic.claude-opus-4-1-20250805-v1:0'
const LLAMA = 'us.meta.llama3-3-70b-instruct-v1:0'
const MISTRAL = 'mistral.mistral-large-3-675b-instruct'
const GPT = 'us.openai.gpt-6-sol'
const OSS = 'openai.gpt-oss-20b-1:0'

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
const hi = { role: 'user', content: [{ text: 'hi' }] }
const said = (...content: unknown[]) => ({ role: 'assistant', content })
const asked = (...content: unknown[]) => ({ role: 'user', content })
const spec = (name: string, more = {}) => ({ toolSpec: { name, inputSchema: { json: { type: 'object' } }, ...more } })
const tools = { tools: [spec('get_weather')] }
const use = (toolUseId: string) => ({ toolUse: { toolUseId, name: 'get_weather', input: {} } })
const result = (toolUseId: string, more = {}) => ({ toolResult: { toolUseId, content: [{ text: '22' }], ...more } })
const image = (format: string, source: unknown = { bytes: PNG }) => ({ image: { format, source } })
const document = (name: string) => ({ document: { format: 'txt', name, source: { bytes: 'aGk=' } } })
const cache = { cachePoint: { type: 'default' } }
const schema = (json: unknown) => ({
  outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: JSON.stringify(json) } } } }
})
const thinking = (value: unknown) => ({ additionalModelRequestFields: { thinking: value } })
const closed = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }

type Row = readonly [name: string, model: string, body: Record<string, unknown>, sentence: RegExp]

const shaped = (json: unknown) => ({ toolConfig: { tools: [spec('a', { inputSchema: { json } })] } })

const DRAFT = /must match JSON Schema draft 2020-12$/
/** What the metaschema of 2020-12 refuses, and a reference to nothing. */
const OLDER: readonly (readonly [string, object])[] = [
  ['an exclusive limit of draft 4', { type: 'integer', minimum: 0, exclusiveMinimum: true }],
  ['an exclusive maximum of draft 4', { type: 'integer', maximum: 9, exclusiveMaximum: false }],
  ['a tuple of draft 7', { type: 'array', items: [{ type: 'string' }] }],
  ['no words', { type: 'string', enum: null }],
  ['no description', { type: 'string', description: null }],
  ['no required members', { type: 'object', required: null }],
  ['a required member of draft 3', { type: 'string', required: true }],
  ['any type', { type: 'any' }],
  ['an empty choice', { anyOf: [] }],
  ['a choice of one', { oneOf: { type: 'string' } }],
  ['a limit in words', { type: 'string', maxLength: 'many' }],
  ['a shape in one word', { items: 'string' }],
  ['a list of properties', { type: 'object', properties: [] }],
  ['a reference to nothing', { $ref: '#/$defs/Missing' }],
  ['a reference to elsewhere', { $ref: 'https://example.com/city.json' }]
]

const REFUSED: readonly Row[] = [
  [
    'F20: a composition at the root of a tool of Claude',
    SONNET_46,
    shaped({ type: 'object', oneOf: [{ type: 'object' }] }),
    /input_schema does not support oneOf, allOf, or anyOf at the top level$/
  ],
  [
    'F21: an odd name of a property in a tool of Claude',
    SONNET_46,
    shaped({ type: 'object', properties: { a: { type: 'object', properties: { $filter: {} } } } }),
    /Property keys should match pattern/
  ],
  [
    'F22: an older draft in a tool of Claude',
    SONNET_46,
    shaped({ type: 'object', properties: { a: { exclusiveMinimum: true } } }),
    /must match JSON Schema draft 2020-12$/
  ],
  ...['anyOf', 'allOf'].map(
    (name): Row => [
      `F20: ${name} at the root of a tool of Claude`,
      HAIKU_45,
      shaped({ type: 'object', [name]: [{ type: 'object' }] }),
      /^The model returned the following errors: tools\.0\.custom\.input_schema: input_schema does not support/
    ]
  ),
  ...[{ 'Account Number': {} }, { 'settings[x]': {} }, { 氏名: {} }, { '': {} }, { ['x'.repeat(65)]: {} }].map(
    (properties): Row => [
      `F21: ${Object.keys(properties)[0]} in a tool of Claude`,
      OPUS_47,
      shaped({ type: 'object', properties: { a: { type: 'array', items: { properties } } } }),
      /Property keys should match pattern/
    ]
  ),
  [
    'F21: an odd name of a property in a form of the answer',
    SONNET_46,
    schema({ ...closed, properties: { $filter: {} }, required: [] }),
    /output_config\.format\.schema\.properties: Property keys should match pattern/
  ],
  [
    'F21: an odd name of a property in a definition of a form',
    HAIKU_45,
    schema({ ...closed, $defs: { A: { ...closed, properties: { 'a b': {} } } } }),
    /Property keys should match pattern/
  ],
  ...OLDER.flatMap(([what, node]): Row[] => [
    [`F22: ${what} in a tool of Claude`, SONNET_46, shaped({ type: 'object', properties: { a: node } }), DRAFT],
    [`F22: ${what} deep in a tool of Claude`, OPUS_47, shaped({ type: 'object', properties: { a: { not: node } } }), DRAFT],
    [`F22: ${what} in a form of the answer`, SONNET_46, schema({ ...closed, properties: { a: node } }), DRAFT]
  ]),
  ...['$defs', 'definitions'].map(
    (name): Row => [
      `F25: ${name} in a tool of Nova`,
      NOVA,
      {
        toolConfig: {
          tools: [spec('a'), spec('b', { inputSchema: { json: { type: 'object', properties: {}, [name]: { A: {} } } } })]
        }
      },
      /: #\/toolConfig\/tools\/1\/toolSpec\/inputSchema\/json: extraneous key \[(\$defs|definitions)\] is not permitted/
    ]
  ),
  ...[{ $ref: '#/properties/b' }, { if: { $ref: '#/properties/b' } }, { additionalProperties: { $ref: '#' } }].map(
    (node): Row => [
      `F25: ${JSON.stringify(node)} in a tool of Nova`,
      NOVA,
      shaped({ type: 'object', properties: { a: node, b: {} } }),
      /\$ref is not supported in tool schemas\.$/
    ]
  ),
  ['F27: tools on R1', 'us.deepseek.r1-v1:0', { toolConfig: tools }, /This model doesn't support tool use\.$/],
  [
    'F32: a tool by name on DeepSeek V3.2',
    'deepseek.v3.2',
    { toolConfig: { ...tools, toolChoice: { tool: { name: 'get_weather' } } } },
    /doesn't support the toolConfig\.toolChoice\.tool field/
  ],
  [
    'F13: a word that is reserved, in a system prompt of Claude',
    SONNET_46,
    { system: [{ text: 'x-anthropic-billing-header: cc_version=2.1;' }] },
    /: x-anthropic-billing-header is a reserved keyword and may not be used in the system prompt\.$/
  ],
  [
    'F23: a cache point of Claude behind a document that is no PDF',
    SONNET_46,
    { messages: [asked({ text: 'a' }, document('a'), cache)] },
    /: messages\.0\.content\.2\.type: Field required$/
  ],
  [
    'F24: a cache point of Nova right behind a tool result',
    NOVA,
    { messages: [hi, said(use('a')), asked(result('a'), cache)], toolConfig: tools },
    /#\/messages\/2\/content\/0: extraneous key \[cachePoint\] is not permitted/
  ],
  [
    'F29: a schema too large to compile',
    SONNET_46,
    schema({ ...closed, properties: { a: { type: 'string', enum: Array.from({ length: 5000 }, (_, index) => `w${index}`) } } }),
    /: The compiled grammar is too large/
  ],
  ['an unknown model', 'nobody.model-1', {}, /^The provided model identifier is invalid\.$/],
  ['a profile id of a geography the model lacks', 'jp.openai.gpt-6-sol', {}, /^The provided model identifier is invalid\.$/],
  ['a base id that needs a profile', 'anthropic.claude-sonnet-4-6', {}, /with on-demand throughput isn.t supported/],
  ['an embedding model', 'amazon.titan-embed-text-v2:0', {}, /^This action doesn't support the model that you provided\.$/],
  ['an unknown top-level field', NOVA, { max_tokens: 3 }, /extraneous key \[max_tokens\] is not permitted/],
  ['an unknown setting', NOVA, { inferenceConfig: { topK: 3 } }, /#\/inferenceConfig: extraneous key \[topK\]/],
  [
    'temperature above one',
    NOVA,
    { inferenceConfig: { temperature: 1.5 } },
    /'1.5' at 'inferenceConfig.temperature'.*less than or equal to 1/
  ],
  ['no tokens at all', NOVA, { inferenceConfig: { maxTokens: 0 } }, /greater than or equal to 1/],
  ['a string for a number', NOVA, { inferenceConfig: { maxTokens: '5' } }, /^STRING_VALUE can not be converted to an Integer$/],
  ['no messages', NOVA, { messages: [] }, /must have at least one message/],
  ['a system prompt alone (F46)', NOVA, { system: [{ text: 'a' }], messages: [] }, /must have at least one message/],
  ['a block with two members', NOVA, { messages: [asked({ text: 'a', image: {} })] }, /Exactly one member of the union/],
  ['a block with no member', NOVA, { messages: [asked({})] }, /Exactly one member of the union/],
  [
    'blank text',
    NOVA,
    { messages: [asked({ text: ' \n' })] },
    /^The text field in the ContentBlock object at messages\.0\.content\.0 is blank/
  ],
  ['empty content', NOVA, { messages: [asked()] }, /^The content field in the Message object at messages\.0 is empty/],
  [
    'an assistant who speaks first',
    NOVA,
    { messages: [said({ text: 'a' }), hi] },
    /^A conversation must start with a user message/
  ],
  ['prefill on Claude 4.6', CLAUDE, { messages: [hi, said({ text: 'So' })] }, /does not support assistant message prefill/],
  [
    'tool blocks without toolConfig',
    NOVA,
    { messages: [hi, said(use('a')), asked(result('a'))] },
    /^The toolConfig field must be defined/
  ],
  [
    'a call without its result',
    NOVA,
    { messages: [hi, said(use('a')), hi], toolConfig: tools },
    /^Expected toolResult blocks at messages\.2\.content.*: a$/
  ],
  [
    'a result without its call',
    NOVA,
    { messages: [hi, said({ text: 'x' }), asked(result('a'))], toolConfig: tools },
    /exceeds the number of toolUse blocks/
  ],
  [
    'two calls of one id',
    NOVA,
    { messages: [hi, said(use('a'), use('a')), asked(result('a'))], toolConfig: tools },
    /contain duplicate Ids: a/
  ],
  [
    'a tool id outside the alphabet',
    NOVA,
    { messages: [hi, said(use('a b'))], toolConfig: tools },
    /regular expression pattern: \[a-zA-Z0-9_\.:-\]\+/
  ],
  [
    'a tool id of 65 characters',
    NOVA,
    { messages: [hi, said(use('a'.repeat(65)))], toolConfig: tools },
    /length less than or equal to 64/
  ],
  [
    'a long tool id on Mistral',
    MISTRAL,
    { messages: [hi, said(use('tooluse_1')), asked(result('tooluse_1'))], toolConfig: tools },
    /with a length of 9/
  ],
  ['a tool name with a dot', NOVA, { toolConfig: { tools: [spec('a.b')] } }, /regular expression pattern/],
  ['two tools of one name', NOVA, { toolConfig: { tools: [spec('a'), spec('a')] } }, /The tool a is already defined/],
  ['an empty tool list', NOVA, { toolConfig: { tools: [] } }, /length greater than or equal to 1/],
  [
    'an empty description',
    NOVA,
    { toolConfig: { tools: [spec('a', { description: '' })] } },
    /length greater than or equal to 1/
  ],
  [
    'a choice of a tool that is not there',
    NOVA,
    { toolConfig: { ...tools, toolChoice: { tool: { name: 'b' } } } },
    /not found in provided tools/
  ],
  [
    'text beside a result on Llama',
    LLAMA,
    { messages: [hi, said(use('a')), asked(result('a'), { text: 'x' })], toolConfig: tools },
    /cannot be mixed/
  ],
  [
    'status on Writer',
    'us.writer.palmyra-x5-v1:0',
    { messages: [hi, said(use('a')), asked(result('a', { status: 'error' }))], toolConfig: tools },
    /doesn't support the status field/
  ],
  [
    'forced tools on Llama',
    LLAMA,
    { toolConfig: { ...tools, toolChoice: { any: {} } } },
    /doesn't support the toolConfig\.toolChoice\.any field/
  ],
  ['forced tools on Opus 5.5', OPUS, { toolConfig: { ...tools, toolChoice: { any: {} } } }, /only "auto" is/],
  [
    'forced tools while thinking',
    HAIKU_45,
    {
      toolConfig: { ...tools, toolChoice: { any: {} } },
      inferenceConfig: { maxTokens: 4000 },
      ...thinking({ type: 'enabled', budget_tokens: 2000 })
    },
    /may not be enabled when tool_choice forces/
  ],
  [
    'temperature and topP on Haiku 4.5',
    HAIKU_45,
    { inferenceConfig: { temperature: 0.5, topP: 0.9 } },
    /cannot both be specified/
  ],
  ['temperature on Opus 4.7', OPUS_47, { inferenceConfig: { temperature: 0.5 } }, /`temperature` is deprecated for this model\./],
  ['top_k on Opus 4.7', OPUS_47, { additionalModelRequestFields: { top_k: 5 } }, /`top_k` is deprecated/],
  ['temperature on GPT-6', GPT, { inferenceConfig: { temperature: 1 } }, /deprecated/],
  ['effort none on GPT-6', GPT, { additionalModelRequestFields: { reasoning: { effort: 'none' } } }, /Supported values are/],
  ['an effort gpt-oss lacks', OSS, { additionalModelRequestFields: { reasoning_effort: 'max' } }, /Supported values are/],
  ['a budget below 1024', HAIKU_45, thinking({ type: 'enabled', budget_tokens: 1000 }), /greater than or equal to 1024/],
  [
    'a budget above maxTokens',
    HAIKU_45,
    { inferenceConfig: { maxTokens: 1500 }, ...thinking({ type: 'enabled', budget_tokens: 2000 }) },
    /`max_tokens` must be greater than/
  ],
  [
    'thinking with a budget on Opus 4.7',
    OPUS_47,
    thinking({ type: 'enabled', budget_tokens: 2000 }),
    /"thinking\.type\.enabled" is not supported/
  ],
  ['thinking switched off on Opus 5.5', OPUS, thinking({ type: 'disabled' }), /"thinking\.type\.disabled" is not supported/],
  ['adaptive thinking on Haiku 4.5', HAIKU_45, thinking({ type: 'adaptive' }), /"thinking\.type\.adaptive" is not supported/],
  ['effort inside thinking', CLAUDE, thinking({ type: 'adaptive', effort: 'low' }), /effort: Extra inputs are not permitted/],
  [
    'temperature beside thinking',
    CLAUDE,
    { inferenceConfig: { temperature: 0 }, ...thinking({ type: 'adaptive' }) },
    /may only be set to 1/
  ],
  [
    'an unknown model field on Claude',
    CLAUDE,
    { additionalModelRequestFields: { seed: 1 } },
    /seed: Extra inputs are not permitted/
  ],
  ['an unknown model field on Nova', NOVA, { additionalModelRequestFields: { seed: 1 } }, /extraneous key \[seed\]/],
  [
    'reasoning without a signature',
    CLAUDE,
    { messages: [hi, said({ reasoningContent: { reasoningText: { text: 'x' } } }, { text: 'y' }), hi] },
    /signature: Field required/
  ],
  [
    'reasoning with another signature',
    CLAUDE,
    { messages: [hi, said({ reasoningContent: { reasoningText: { text: 'x', signature: 'eA==' } } }, { text: 'y' }), hi] },
    /Invalid `signature` in `thinking` block/
  ],
  [
    'five cache points',
    CLAUDE,
    { messages: [asked({ text: 'a' }, cache, cache, cache, cache, cache)] },
    /A maximum of 4 blocks with cache_control may be provided\. Found 5\./
  ],
  [
    'a cache point on Llama',
    LLAMA,
    { messages: [asked({ text: 'a' }, cache)] },
    /^This model doesn't support the cachePoint field/
  ],
  ['a cache point in tools on Nova', NOVA, { toolConfig: { tools: [spec('a'), cache] } }, /doesn't support the cachePoint field/],
  ['five stop words on Nova', NOVA, { inferenceConfig: { stopSequences: ['a', 'b', 'c', 'd', 'e'] } }, /stop sequences/],
  ['a blank stop word on Claude', CLAUDE, { inferenceConfig: { stopSequences: [' '] } }, /non-whitespace/],
  [
    'an image for a text model',
    OSS,
    { messages: [asked({ text: 'a' }, image('png'))] },
    /^This model doesn't support the image content block/
  ],
  [
    'an image that is not what it says',
    CLAUDE,
    { messages: [asked({ text: 'a' }, image('jpeg'))] },
    /appears to be a image\/png/
  ],
  [
    'bytes that are no image',
    CLAUDE,
    { messages: [asked({ text: 'a' }, image('png', { bytes: 'aGVsbG8=' }))] },
    /Could not process image/
  ],
  [
    'S3 on Claude',
    CLAUDE,
    { messages: [asked({ text: 'a' }, image('png', { s3Location: { uri: 's3://b/k' } }))] },
    /^This model doesn't support the s3Uri field/
  ],
  ['an image format outside the list', CLAUDE, { messages: [asked(image('bmp'))] }, /enum value set: \[png, jpeg, gif, webp\]/],
  ['a document without text', CLAUDE, { messages: [asked(document('a'))] }, /text block must be included/],
  [
    'two documents of one name',
    CLAUDE,
    { messages: [asked({ text: 'x' }, document('a'), document('a'))] },
    /Duplicate document names/
  ],
  [
    'a document name with a dot',
    CLAUDE,
    { messages: [asked({ text: 'x' }, document('a.txt'))] },
    /document file name can only contain/
  ],
  ['a document for gpt-oss', OSS, { messages: [asked({ text: 'x' }, document('a'))] }, /doesn't support documents/],
  [
    'an open schema',
    CLAUDE,
    schema({ type: 'object', properties: {} }),
    /'additionalProperties' must be explicitly set to false/
  ],
  [
    'a bounded number in a schema',
    CLAUDE,
    schema({ ...closed, properties: { a: { type: 'integer', minimum: 1 } } }),
    /'minimum' is not supported/
  ],
  ['a recursive schema', CLAUDE, schema({ ...closed, properties: { a: { $ref: '#' } } }), /Recursive/],
  [
    'a schema that is no JSON',
    CLAUDE,
    { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{' } } } } },
    /is not valid JSON/
  ],
  ['structured output on Opus 4.7', OPUS_47, schema(closed), /Extra inputs are not permitted/],
  ['structured output on Nova', NOVA, schema(closed), /is not permitted/],
  [
    'strict tools on Opus 4.1',
    OPUS_41,
    { toolConfig: { tools: [spec('a', { strict: true })] } },
    /tools\.0\.custom\.strict: Extra inputs are not permitted/
  ],
  ['metadata outside the alphabet', NOVA, { requestMetadata: { tenant: 'a!' } }, /regular expression pattern/],
  [
    'F26: six documents in one message on Nova',
    NOVA,
    { messages: [asked({ text: 'x' }, ...Array.from('abcdef', document))] },
    /limit of 5/
  ],
  ['F35: half a character', CLAUDE, { messages: [asked({ text: 'cut \ud83d' })] }, /no low surrogate in string/],
  [
    'F35: half a character in a name',
    NOVA,
    { toolConfig: { tools: [spec('a', { inputSchema: { json: { type: 'object', properties: { '\udc00': {} } } } })] } },
    /no low surrogate in string/
  ],
  [
    'F35: half a character in the text of a schema',
    CLAUDE,
    schema({ ...closed, description: '\ud83d' }),
    /no low surrogate in string/
  ],
  ['empty metadata', NOVA, { requestMetadata: {} }, /length greater than or equal to 1/],
  ['an unknown service tier', NOVA, { serviceTier: { type: 'auto' } }, /enum value set/],
  [
    'a stream setting without a stream',
    NOVA,
    { guardrailConfig: { guardrailIdentifier: 'abc', guardrailVersion: '1', streamProcessingMode: 'sync' } },
    /extraneous key \[streamProcessingMode\]/
  ]
]

const TAKEN: readonly (readonly [string, string, Record<string, unknown>])[] = [
  ['two user turns in a row', NOVA, { messages: [hi, hi] }],
  ['an image that is what it says', CLAUDE, { messages: [asked({ text: 'a' }, image('png'))] }],
  ['a closed schema', CLAUDE, schema(closed)],
  ['a document with text', CLAUDE, { messages: [asked({ text: 'x' }, document('spec 1'))] }],
  ['prefill on Haiku 4.5', HAIKU_45, { messages: [hi, said({ text: 'So' })] }],
  ['a paired tool turn', CLAUDE, { messages: [hi, said(use('a')), asked(result('a'))], toolConfig: tools }],
  [
    'a paired tool turn on Mistral',
    MISTRAL,
    { messages: [hi, said(use('abcdefgh1')), asked(result('abcdefgh1'))], toolConfig: tools }
  ],
  [
    'adaptive thinking with effort',
    OPUS,
    { additionalModelRequestFields: { thinking: { type: 'adaptive' }, output_config: { effort: 'xhigh' } } }
  ],
  [
    'parallel calls forbidden',
    CLAUDE,
    {
      toolConfig: { ...tools, toolChoice: { auto: {} } },
      additionalModelRequestFields: { tool_choice: { disable_parallel_tool_use: true } }
    }
  ],
  [
    'every setting at once',
    CLAUDE,
    {
      system: [{ text: 'Be brief.' }, cache],
      inferenceConfig: { maxTokens: 10, topP: 0.9, stopSequences: ['END'] },
      serviceTier: { type: 'flex' },
      performanceConfig: { latency: 'optimized' },
      requestMetadata: { tenant: 'acme' }
    }
  ]
]

t.test('refuses what AWS refuses, in its words', async (t) => {
  const { standin } = await build(t, { auth: 'off' })
  for (const [name, model, body, sentence] of REFUSED) {
    const answer = await post(standin, `/model/${encodeURIComponent(model)}/converse`, { messages: [hi], ...body })
    t.equal(answer.status, 400, name)
    t.match(answer.type, /^(ValidationException|SerializationException)$/, name)
    t.match(answer.body.message, sentence, name)
  }
})

t.test('takes what AWS takes', async (t) => {
  const { standin } = await build(t, { auth: 'off' })
  for (const [name, model, body] of TAKEN) {
    const answer = await post(standin, `/model/${encodeURIComponent(model)}/converse`, { messages: [hi], ...body })
    t.equal(answer.status, 200, `${name}: ${answer.body.message}`)
  }
})

t.test('a model past its end of life is not found', async (t) => {
  const { standin } = await build(t, { auth: 'off' })
  const answer = await post(standin, '/model/us.anthropic.claude-3-5-haiku-20241022-v1:0/converse', { messages: [hi] })
  t.equal(answer.status, 404)
  t.equal(answer.type, 'ResourceNotFoundException')
  t.match(answer.body.message, /^This model version has reached the end of its life\./)
})

t.test('refuses tools in a stream where only the unary call has them', async (t) => {
  const { standin } = await build(t, { auth: 'off' })
  const body = { messages: [hi], toolConfig: tools }
  const streamed = await post(standin, `/model/${LLAMA}/converse-stream`, body)
  t.equal(streamed.body.message, "This model doesn't support tool use in streaming mode.")
  t.equal((await post(standin, `/model/${LLAMA}/converse`, body)).status, 200)
})

const EMBEDDINGS: readonly (readonly [string, Record<string, unknown>, number, RegExp?])[] = [
  ['amazon.titan-embed-text-v1', { inputText: 'a' }, 200],
  ['amazon.titan-embed-text-v2:0', { inputText: 'a', dimensions: 100 }, 400, /dimensions/],
  ['amazon.titan-embed-text-v2:0', { inputText: '' }, 400, /minLength/],
  ['amazon.titan-embed-image-v1', {}, 400, /inputText or inputImage/],
  ['cohere.embed-english-v3', { texts: ['a', 'b'], input_type: 'search_query' }, 200],
  ['cohere.embed-english-v3', { texts: ['a'] }, 400, /input_type/],
  ['cohere.embed-multilingual-v3', { texts: Array(97).fill('a'), input_type: 'search_query' }, 400, /96/],
  ['us.cohere.embed-v4:0', { texts: ['a'], input_type: 'clustering', output_dimension: 256, embedding_types: ['int8'] }, 200],
  [
    'amazon.nova-2-multimodal-embeddings-v1:0',
    {
      taskType: 'SINGLE_EMBEDDING',
      singleEmbeddingParams: { embeddingPurpose: 'GENERIC_INDEX', text: { truncationMode: 'END', value: 'a' } }
    },
    200
  ],
  ['us.twelvelabs.marengo-embed-3-0-v1:0', { inputType: 'text', text: { inputText: 'a' } }, 200],
  ['amazon.nova-lite-v1:0', { inputText: 'a' }, 400, /doesn't support the model/]
]

t.test('checks native embedding requests per family', async (t) => {
  const { standin } = await build(t, { auth: 'off' })
  for (const [model, body, status, sentence] of EMBEDDINGS) {
    const answer = await post(standin, `/model/${encodeURIComponent(model)}/invoke`, body)
    t.equal(answer.status, status, `${model}: ${answer.body.message}`)
    if (sentence !== undefined) t.match(answer.body.message, sentence, model)
  }
})
