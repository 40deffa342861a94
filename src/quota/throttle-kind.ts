/**
 * What a refusal of Bedrock's is short of. `tokens` and `requests`: the account's quota of a minute; `day`: its quota of a day;
 * `capacity`: the model's own room, which no quota of the account's helps against; `warming`: an imported model that is being loaded;
 * `account`: a hard limit that only AWS can raise.
 */
export type ThrottleKind = 'tokens' | 'requests' | 'day' | 'capacity' | 'warming' | 'account'

/** A refusal as it is read: the status, the exception's plain name and its sentence, where there are any. */
export interface ToldThrottle {
  readonly status: number
  readonly type?: string
  readonly message?: string
}

const THROTTLED = new Set(['ThrottlingException', 'TooManyRequestsException', 'Rate_limit_error'])
const NO_ROOM = new Set(['ServiceUnavailableException', 'OverloadedException', 'Overloaded_error'])

/** Sentences of throttles, the narrowest first (AWS's troubleshooting page and recorded answers, 2026). */
const SENTENCES: readonly (readonly [says: RegExp, kind: ThrottleKind])[] = [
  [/per[- ]day|daily|\btpd\b/i, 'day'],
  [/too many connections|model (?:is )?overloaded|capacity/i, 'capacity'],
  [/too many (?:input |output )?tokens|tokens? per[- ]minute|\btpm\b/i, 'tokens'],
  [/too many requests|request rate|requests? per[- ]minute|rate exceeded|\brpm\b/i, 'requests']
]

/** Tells the kinds of throttle apart; undefined: it is none. A throttle without a sentence that is known is one of requests. */
export function throttleKind({ status, type, message = '' }: ToldThrottle): ThrottleKind | undefined {
  if (type === 'ModelNotReadyException') return 'warming'
  if (type === 'ServiceQuotaExceededException') return /per[- ]day/i.test(message) ? 'day' : 'account'
  if (type === undefined ? status === 503 || status === 529 : NO_ROOM.has(type)) return 'capacity'
  if (type === undefined ? status !== 429 : !THROTTLED.has(type)) return undefined
  return SENTENCES.find(([says]) => says.test(message))?.[1] ?? 'requests'
}
