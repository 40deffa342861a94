import { GatewayError } from '../../errors.ts'
import { badValue, missing } from './refuse.ts'

/** The part of an Ajv error that is read here. */
export interface SchemaFault {
  readonly instancePath: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message?: string
}

/**
 * One refusal for all of Ajv's faults: one line, about one field, without the caller's values.
 * A union reports every arm it tried; only the union itself is told.
 */
export function schemaError(faults: readonly SchemaFault[]): GatewayError {
  const fault = faults.find(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf') ?? faults[0]
  if (fault === undefined) return new GatewayError('invalid_request', 'The request body is not valid.')
  const param = fieldPath(fault.instancePath)
  switch (fault.keyword) {
    case 'required':
      return missing(joined(param, String(fault.params.missingProperty)))
    case 'type':
      return typeFault(param, String(fault.params.type))
    case 'anyOf':
    case 'oneOf':
      return badValue(param, `Invalid value for '${param}': it has none of the accepted shapes.`)
    default:
      return badValue(param, `Invalid value for '${param}': ${fault.message ?? 'not accepted'}.`)
  }
}

/** A JSON pointer as callers write it: `/messages/0/content` is `messages[0].content`. */
export function fieldPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : joined(path, step)), '')
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

function typeFault(param: string, type: string): GatewayError {
  if (param === '') return new GatewayError('invalid_type', 'The request body must be a JSON object.')
  const expected = /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`
  return new GatewayError('invalid_type', `Invalid type for '${param}': expected ${expected}.`, { param })
}
