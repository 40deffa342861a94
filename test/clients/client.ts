import { readFileSync } from 'node:fs'
import type { Test } from 'tap'
import type { Built } from '../support/helper.ts'

/** One thing that was done with a client; what it gives is a word about the result, where `works` does not say it all. */
export interface Proof {
  readonly what: string
  run(t: Test, built: Built): Promise<string | undefined>
}

export interface Client {
  readonly name: string
  readonly version: string
  readonly proofs: readonly Proof[]
}

export const NOVA = 'amazon.nova-lite-v1:0'
export const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
export const TITAN = 'amazon.titan-embed-text-v2:0'
export const PROFILE = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/f6e5d4c3b2a1'
export const PNG =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** A tool in plain JSON Schema, as every client knows it. */
export const WEATHER = {
  name: 'get_weather',
  description: 'The weather in a city',
  parameters: {
    type: 'object' as const,
    properties: { city: { type: 'string' as const } },
    required: ['city'],
    additionalProperties: false as const
  }
}

/** What a caller wants an answer to look like. */
export const CITY_SCHEMA = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const }, population: { type: 'integer' as const } },
  required: ['city', 'population'],
  additionalProperties: false as const
}

export interface City {
  city: string
  population: number
}

/** A proof that gives no more than `works`. */
export function proof(what: string, run: (t: Test, built: Built) => Promise<unknown>): Proof {
  return {
    what,
    async run(t, built) {
      const note = await run(t, built)
      return typeof note === 'string' ? note : undefined
    }
  }
}

/** The version of an installed package. */
export function installed(name: string): string {
  const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

/** What a promise was rejected with; undefined when it was not. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
    return undefined
  } catch (error) {
    return error
  }
}
