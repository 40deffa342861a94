import { ERROR_STATUS, type ErrorKind } from '../../errors.ts'
import type { ErrorWords } from '../dialect.ts'
import { encodeError } from './encode-error.ts'

/** How all of OpenAI's dialects say errors. */
export const OPENAI_ERRORS: ErrorWords = {
  status: (kind: ErrorKind) => ERROR_STATUS[kind],
  body: encodeError
}
