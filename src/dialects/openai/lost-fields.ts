import type { Json } from '../../core/json.ts'
import { asksNothing, type FieldRow } from './field-row.ts'

/** The reason of a warning about a field that the gateway knows and Bedrock does not. */
const NO_SUCH_FIELD = 'Bedrock has no such field'

/** Where the fields of a request are found, and how its caller wrote them. */
interface GivenFields<Name extends string> {
  get(name: Name): Json | undefined
  path(name: Name): string
}

/** Makes what reports the fields of a table that nothing at Bedrock stands for; those that ask for nothing are passed over. */
export function createLostFields<Name extends string>(
  table: Readonly<Record<Name, FieldRow>>
): (fields: GivenFields<Name>, report: (param: string, reason: string) => void) => void {
  const reported = (Object.keys(table) as Name[]).filter((name) => table[name].outcome === 'reported')
  return (fields, report) => {
    for (const name of reported) if (!asksNothing(fields.get(name), table[name])) report(fields.path(name), NO_SUCH_FIELD)
  }
}
