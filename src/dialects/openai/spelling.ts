import type { CoreField, Spell, UnmappedField } from '../../core/field.ts'

/** A core field that a dialect must have a word for. */
export type SpeltField = Exclude<CoreField, UnmappedField>

const UNMAPPED = 'unmapped.'

/** The caller's name of a field that the core has no place for; undefined: it is another one. */
export function unmappedName(field: CoreField): string | undefined {
  return field.startsWith(UNMAPPED) ? field.slice(UNMAPPED.length) : undefined
}

/** The spelling of a dialect that has one word for each field. */
export function createSpelling(words: Readonly<Record<SpeltField, string>>): Spell {
  return (field) => unmappedName(field) ?? words[field as SpeltField]
}
