import type { CoreField, ExtraField, Spell, UnmappedField } from '../../core/field.ts'

/** A core field that a dialect must have a word for. */
export type SpeltField = Exclude<CoreField, UnmappedField | ExtraField>

const UNMAPPED = 'unmapped.'

/** The caller's name of a field that the core has no place for; undefined: it is another one. */
export function unmappedName(field: CoreField): string | undefined {
  return field.startsWith(UNMAPPED) ? field.slice(UNMAPPED.length) : undefined
}

const EXTRA = 'extraFields.'

/** The path of a native field behind the place where the caller gave it; undefined: it is another one. */
export function extraName(field: CoreField): string | undefined {
  return field.startsWith(EXTRA) ? field.slice(EXTRA.length) : undefined
}

/** The spelling of a dialect that has one word for each field. */
export function createSpelling(words: Readonly<Record<SpeltField, string>>): Spell {
  return (field) => {
    const extra = extraName(field)
    return unmappedName(field) ?? (extra === undefined ? words[field as SpeltField] : `${words.extraFields}.${extra}`)
  }
}

/** Where a path stands in the caller's body: with `extra_body.` before it where its field was given there. `given`: paths of given fields. */
export function givenPath(path: string, given: readonly string[]): string {
  const [name = path] = path.split('.', 1)
  return !given.includes(name) && given.includes(`extra_body.${name}`) ? `extra_body.${path}` : path
}
