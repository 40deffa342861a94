const GEOGRAPHIES = ['us-gov', 'us', 'eu', 'apac', 'au', 'jp', 'in', 'ca', 'global'] as const

// A geography AWS adds after this list was written is known by what follows it.
const PROVIDERS =
  'ai21 amazon anthropic cohere deepseek google luma meta minimax mistral moonshot moonshotai nvidia openai qwen stability twelvelabs writer xai zai'

const PREFIX = new RegExp(
  `^(?:(?:${GEOGRAPHIES.join('|')})|[a-z]{2,8}(?:-[a-z]+)?(?=\\.(?:${PROVIDERS.replaceAll(' ', '|')})\\.))\\.(?=[a-z0-9-]+\\.)`
)

/** ARNs whose last part is a model or a system profile; every other ARN hides what it runs. */
const TELLING_ARN = /^arn:[^:]+:bedrock:[^:]*:[^:]*:(?:foundation-model|inference-profile|default-prompt-router)\/(.+)$/

/**
 * The id that traits are matched on: without geography, ARN, throughput suffix (`:0:48k`) and context suffix (`[1m]`).
 * An ARN that does not tell its model stays whole; the catalogue resolves it.
 */
export function baseModelId(id: string): string {
  const named = TELLING_ARN.exec(id)?.[1] ?? id
  if (named.startsWith('arn:')) return named
  return named
    .replace(/\[\d+[km]\]$/i, '')
    .replace(PREFIX, '')
    .replace(/:(?:\d+k|mm|\d{3,})$/, '')
}

/** The region that an ARN belongs to; undefined: it is no ARN, or one without a region. */
export function regionOfArn(id: string): string | undefined {
  if (!id.startsWith('arn:')) return undefined
  const [, , , region = ''] = id.split(':', 4)
  return region === '' ? undefined : region
}

/** Tells an id that already names a geography's inference profile. */
export function hasGeography(id: string): boolean {
  return PREFIX.test(id)
}

/** The geography of an inference profile's id, as far as this list knows it. */
export function geographyOf(id: string): (typeof GEOGRAPHIES)[number] | undefined {
  return hasGeography(id) ? GEOGRAPHIES.find((name) => id.startsWith(`${name}.`)) : undefined
}
