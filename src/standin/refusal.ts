/** The exceptions of the services, each with the HTTP status it travels under. */
export const EXCEPTIONS = {
  ValidationException: 400,
  SerializationException: 400,
  ServiceQuotaExceededException: 400,
  AccessDeniedException: 403,
  ExpiredTokenException: 403,
  UnrecognizedClientException: 403,
  InvalidSignatureException: 403,
  IncompleteSignatureException: 403,
  MissingAuthenticationTokenException: 403,
  ResourceNotFoundException: 404,
  UnknownOperationException: 404,
  ModelTimeoutException: 408,
  ModelErrorException: 424,
  ThrottlingException: 429,
  ModelNotReadyException: 429,
  InternalServerException: 500,
  ServiceUnavailableException: 503,
  ParameterNotFound: 400,
  ParameterVersionNotFound: 400,
  InvalidParameterException: 400,
  NoSuchResourceException: 400,
  IllegalArgumentException: 400,
  InvalidPaginationTokenException: 400
} as const satisfies Record<string, number>

export type ExceptionName = keyof typeof EXCEPTIONS

/** A refusal in the service's own words; whoever answers the request writes it to the wire. */
export class Refusal extends Error {
  readonly exception: ExceptionName
  readonly status: number
  readonly fields: Readonly<Record<string, unknown>>

  constructor(exception: ExceptionName, message: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.name = exception
    this.exception = exception
    this.status = EXCEPTIONS[exception]
    this.fields = fields
  }
}

/** Refuses a request as invalid. */
export function invalid(message: string): never {
  throw new Refusal('ValidationException', message)
}

/** Refuses in the words of the model behind Bedrock, which Bedrock passes on with a fixed beginning. */
export function modelRefuses(message: string): never {
  return invalid(`The model returned the following errors: ${message}`)
}
