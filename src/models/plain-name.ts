/** A model's name as other tools write it, taken apart. */
export interface PlainName {
  /** What is left: an id, an ARN, an alias. */
  readonly name: string
  /** The only region that the caller wants it called in. */
  readonly region?: string
  /** A context of a million tokens is asked for. */
  readonly longContext?: true
}

/**
 * Who a model is of, as other tools put before its name: LiteLLM and aider `bedrock/`, opencode and models.dev `amazon-bedrock/`, LangChain
 * `bedrock_converse:`, promptfoo and PydanticAI `bedrock:`. As of 2026-11.
 */
const PROVIDER = /^(?:amazon-bedrock|aws-bedrock|bedrock|bedrock[_-]converse)[/:](?=.)/

/** What LiteLLM puts behind it: a way to call, a region, a commitment, and the family of what an ARN hides. */
const ROUTE = /^(?:converse|converse_like|invoke|async_invoke|\d{1,2}-month-commitment|[a-z0-9_.-]{1,32}(?=\/arn:))\//
const REGION = /^([a-z]{2,8}(?:-[a-z]+){1,3}-\d{1,2})\//
/** How Claude Code and its kin ask for a longer context. */
const CONTEXT = /(?<=.)\[(\d{1,4}[km])\]$/i

/** Takes off what other tools write around a model's id. Whatever else a name is made of stays, since it may be an alias. */
export function plainName(asked: string): PlainName {
  const context = asked.endsWith(']') ? CONTEXT.exec(asked) : null
  const named = context === null ? asked : asked.slice(0, context.index)
  const longContext = context?.[1]?.toLowerCase() === '1m' ? ({ longContext: true } as const) : {}
  const provider = PROVIDER.exec(named)
  return provider === null
    ? { name: named, ...longContext }
    : { ...withoutRoute(named.slice(provider[0].length)), ...longContext }
}

function withoutRoute(path: string): PlainName {
  let name = path
  let region: string | undefined
  for (;;) {
    const step = REGION.exec(name) ?? ROUTE.exec(name)
    if (step === null || step[0].length === name.length) return region === undefined ? { name } : { name, region }
    region = step[1] ?? region
    name = name.slice(step[0].length)
  }
}
