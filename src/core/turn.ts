import type { Json, JsonObject } from './json.ts'

/** A place after which the model may cache its input. `ttl` absent: the model's own default (5 minutes). */
export interface CacheMark {
  readonly ttl?: '5m' | '1h'
  /** Path of the mark in the caller's request, to report it by: `messages[0].content[1].cache_control`. */
  readonly path?: string
}

/** Where media bytes are. `url` is what the caller sent; it is fetched before anything is encoded for a model. */
export type MediaSource =
  | { readonly type: 'base64'; readonly data: string }
  | { readonly type: 's3'; readonly uri: string; readonly bucketOwner?: string }
  /** `byBytes`: what was fetched is told by its first bytes, and never by what its server calls it. */
  | { readonly type: 'url'; readonly url: string; readonly byBytes?: true }

/** What every block can carry beside its content. */
interface BlockMarks {
  readonly cache?: CacheMark
  /** Path of the block in the caller's request, for error messages: `messages[0].content[1]`. */
  readonly path?: string
}

export interface TextBlock extends BlockMarks {
  readonly type: 'text'
  readonly text: string
  /** Text that a guardrail shall check (only such blocks are checked once one is present). */
  readonly guard?: readonly ('grounding_source' | 'query' | 'guard_content')[]
  /** A user's text that the caller wrote as the system's, in mid-conversation. */
  readonly isSystem?: true
}

export interface ImageBlock extends BlockMarks {
  readonly type: 'image'
  /** By magic bytes; absent while the source is a URL. */
  readonly format?: 'png' | 'jpeg' | 'gif' | 'webp'
  readonly source: MediaSource
}

export interface DocumentBlock extends BlockMarks {
  readonly type: 'document'
  /** pdf, csv, doc, docx, xls, xlsx, html, txt, md; absent while the source is a URL that does not tell. */
  readonly format?: string
  /** The caller's file name, as it came. */
  readonly name?: string
  readonly source: MediaSource | { readonly type: 'text'; readonly text: string }
  readonly citations?: boolean
  readonly context?: string
}

export interface VideoBlock extends BlockMarks {
  readonly type: 'video'
  readonly format?: string
  readonly source: MediaSource
}

export interface AudioBlock extends BlockMarks {
  readonly type: 'audio'
  readonly format?: string
  readonly source: MediaSource
}

export type MediaBlock = ImageBlock | DocumentBlock | VideoBlock | AudioBlock

/** Something that a search of the caller's has found, which an answer may cite. */
export interface SearchResultBlock extends BlockMarks {
  readonly type: 'search-result'
  readonly title: string
  /** Where it was found: an address, or any other name. */
  readonly origin: string
  readonly texts: readonly string[]
  readonly citations?: boolean
}

/** What a tool's result may hold. */
export type ResultPart = TextBlock | MediaBlock | SearchResultBlock

export interface ToolCallBlock extends BlockMarks {
  readonly type: 'tool-call'
  /** The caller's id and name, in any alphabet; the Bedrock side maps them. */
  readonly id: string
  readonly name: string
  readonly input: JsonObject
}

export interface ToolResultBlock extends BlockMarks {
  readonly type: 'tool-result'
  readonly callId: string
  readonly content: readonly ResultPart[]
  readonly isError?: boolean
}

/** What a model thought before it answered. Only signed reasoning may be sent back to a model. */
export interface ReasoningBlock extends BlockMarks {
  readonly type: 'reasoning'
  readonly text: string
  readonly signature?: string
  /** The id of the model that thought it, where it is known. */
  readonly origin?: string
}

/** Reasoning that the provider encrypted; opaque, sent back unchanged. */
export interface RedactedReasoningBlock extends BlockMarks {
  readonly type: 'redacted-reasoning'
  readonly data: string
  /** The id of the model that thought it, where it is known. */
  readonly origin?: string
}

export type Block =
  | TextBlock
  | MediaBlock
  | SearchResultBlock
  | ToolCallBlock
  | ToolResultBlock
  | ReasoningBlock
  | RedactedReasoningBlock

/** One speaker's part of a conversation, blocks in order. */
export interface Turn {
  readonly role: 'user' | 'assistant'
  readonly content: readonly Block[]
  /** The caller sent several thoughts beside the content: what stood between them is not known. */
  readonly reasoningApart?: true
  /** Path of the message in the caller's request, for error messages: `messages[3]`. */
  readonly path?: string
}

/** A function the model may call. */
export interface FunctionTool {
  readonly type: 'function'
  readonly name: string
  readonly description?: string
  /** JSON Schema of the arguments, as the caller gave it; absent: no arguments. */
  readonly inputSchema?: JsonObject
  readonly strict?: boolean
  /** Not to be offered yet: the conversation has no reference to it. */
  readonly deferred?: true
  /** Inputs as they should look. */
  readonly examples?: readonly Json[]
  /** Its input is wanted piece by piece as the model writes it, before it is known to be whole JSON. */
  readonly eagerInput?: true
  readonly cache?: CacheMark
  /** Path of the object that holds the name in the caller's request: `tools[0].function`. */
  readonly path?: string
}

/** A tool that the provider runs itself, by its Bedrock name (`nova_grounding`). */
export interface SystemTool {
  readonly type: 'system'
  readonly name: string
  /** Path of the object that holds the name in the caller's request. */
  readonly path?: string
}

/** A tool that the provider of a model runs itself, given by a type of the provider's instead of a schema (`web_search_20250305`). */
export interface ProviderTool {
  readonly type: 'provider'
  /** The provider's word for what it is. */
  readonly kind: string
  readonly name: string
  /** It only finds others among the tools: without it the request means the same. */
  readonly isSearch: boolean
  readonly cache?: CacheMark
  readonly path?: string
}

export type Tool = FunctionTool | SystemTool | ProviderTool

/** A place in a source that an answer refers to. */
export interface Citation {
  readonly title?: string
  readonly url?: string
  readonly source?: string
  /** The cited text, when the model gives it. */
  readonly text?: string
  /** Bedrock's location object as it came, for callers that know it. */
  readonly location?: Json
}
