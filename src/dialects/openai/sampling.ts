import type { Json } from '../../core/json.ts'
import type { Sampling, SamplingName } from '../../core/request.ts'
import { asksNothing, type FieldRow } from './field-row.ts'

/** Settings that only some models have, under OpenAI's names and those that its clients add. */
const SAMPLING = {
  seed: 'seed',
  frequency_penalty: 'frequencyPenalty',
  presence_penalty: 'presencePenalty',
  repetition_penalty: 'repetitionPenalty',
  min_p: 'minP',
  logit_bias: 'logitBias',
  verbosity: 'verbosity'
} as const satisfies Record<string, SamplingName>

type SettingName = keyof typeof SAMPLING

/** Makes what reads those of a dialect; it gives undefined where none of them asks for anything. */
export function createSamplingReader<Name extends SettingName>(
  table: Readonly<Record<Name, FieldRow>>,
  names: readonly Name[]
): (fields: { get(name: Name): Json | undefined }) => Sampling | undefined {
  return (fields) => {
    const asked = names.filter((name) => !asksNothing(fields.get(name), table[name]))
    return asked.length === 0 ? undefined : Object.fromEntries(asked.map((name) => [SAMPLING[name], fields.get(name)]))
  }
}
