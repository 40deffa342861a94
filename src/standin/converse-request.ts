/** A Converse request after its shape was checked: only what the rules and the brain look at. */
export interface ConverseRequest {
  readonly messages?: readonly Turn[]
  readonly system?: readonly Block[]
  readonly inferenceConfig?: {
    readonly maxTokens?: number
    readonly temperature?: number
    readonly topP?: number
    readonly stopSequences?: readonly string[]
  }
  readonly toolConfig?: { readonly tools: readonly ToolEntry[]; readonly toolChoice?: ToolChoice }
  readonly guardrailConfig?: {
    readonly guardrailIdentifier?: string
    readonly guardrailVersion?: string
    readonly trace?: string
  }
  readonly additionalModelRequestFields?: Readonly<Record<string, unknown>>
  readonly additionalModelResponseFieldPaths?: readonly string[]
  readonly performanceConfig?: unknown
  readonly serviceTier?: unknown
  readonly outputConfig?: {
    readonly textFormat?: { readonly structure: { readonly jsonSchema: { readonly schema: string } } }
    readonly effort?: string
  }
}

export interface Turn {
  readonly role: 'user' | 'assistant' | 'system'
  readonly content: readonly Block[]
}

/** A content block: one of these members is set. */
export interface Block {
  readonly text?: string
  /** What OpenAI's models call a text in its turn; only in answers of their surfaces. */
  readonly phase?: string
  readonly image?: Media
  readonly video?: Media
  readonly audio?: Media
  readonly document?: Media & { readonly name: string; readonly citations?: { readonly enabled: boolean } }
  readonly toolUse?: ToolUse
  readonly toolResult?: {
    readonly toolUseId: string
    readonly content: readonly (Block & { json?: unknown })[]
    readonly status?: string
    readonly type?: string
  }
  readonly reasoningContent?: {
    readonly reasoningText?: { readonly text: string; readonly signature?: string }
    readonly redactedContent?: string
  }
  readonly cachePoint?: { readonly ttl?: string }
  readonly [other: string]: unknown
}

export interface ToolUse {
  readonly toolUseId: string
  readonly name: string
  readonly input: unknown
  readonly type?: string
}

export interface Media {
  readonly format: string
  readonly source: { readonly bytes?: string; readonly s3Location?: unknown; readonly text?: string; readonly content?: unknown }
}

export interface ToolEntry {
  readonly toolSpec?: { readonly name: string; readonly strict?: boolean; readonly inputSchema: { readonly json: JsonSchema } }
  readonly systemTool?: { readonly name: string }
  readonly cachePoint?: { readonly ttl?: string }
}

export interface ToolChoice {
  readonly auto?: unknown
  readonly any?: unknown
  readonly tool?: { readonly name: string }
}

/** A JSON Schema, read loosely. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

/** The turns of a request, none when it has none. */
export const turnsOf = (request: ConverseRequest): readonly Turn[] => request.messages ?? []

/** Every block of every turn. */
export const blocksOf = (request: ConverseRequest): readonly Block[] => turnsOf(request).flatMap((turn) => turn.content)

/** How Converse has the schema that an answer must fit. */
export const textFormat = (schema: unknown) => ({
  textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: JSON.stringify(schema) } } }
})
