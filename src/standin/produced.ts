import type { Step } from './framing.ts'

/** What the answer's own words are in an event of any API: everything in its delta but the envelope. */
export function producedText({ delta, choices }: { readonly delta?: unknown; readonly choices?: unknown }): string {
  return textIn(delta ?? (Array.isArray(choices) ? choices[0]?.delta : undefined))
}

const ENVELOPE = new Set(['type', 'signature', 'role', 'id', 'name', 'stop_reason', 'stop_sequence'])

function textIn(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return ''
  return Object.entries(value)
    .filter(([name]) => !ENVELOPE.has(name))
    .map(([, inner]) => textIn(inner))
    .join('')
}

/** Adds up the words of the steps that are taken. */
export function* tallied(steps: Iterable<Step>, tally: { text: string }): Generator<Step> {
  for (const step of steps) {
    if (step.do === 'write') tally.text += step.text ?? ''
    yield step
  }
}
