import { createJsonEnd } from './json-end.ts'

/** Takes the arguments of one call apart as they come. However they are cut, what it gives adds up to the same. */
export interface Unwrapper {
  take(json: string): string
  /** What is still held when the call ends. */
  end(): string
}

/** `{"properties":{`, white space between its tokens aside. */
const WRAPPER = ['{', '"properties"', ':', '{'].join('')
/** Inside the name white space counts. */
const NAME = { from: WRAPPER.indexOf('"') + 1, to: WRAPPER.lastIndexOf('"') } as const
const BLANKS = ' \t\n\r'

/** Takes the answer out of `{"properties": {...}}`: models that are shown a schema now and then fill in the schema itself. */
export function createUnwrapper(): Unwrapper {
  let held = ''
  /** Characters of the wrapper that have come. */
  let met = 0
  let state: 'before' | 'inside' | 'over' | 'plain' = 'before'
  const end = createJsonEnd()

  function give(json: string): string {
    const at = end.find(json)
    if (at < 0) return json
    state = 'over'
    return json.slice(0, at)
  }

  function begin(json: string): string {
    for (let at = 0; at < json.length; at++) {
      const char = json[at]!
      if (char === WRAPPER[met]) {
        met++
        if (met < WRAPPER.length) continue
        held = ''
        state = 'inside'
        return give(json.slice(at))
      }
      if (BLANKS.includes(char) && (met < NAME.from || met > NAME.to)) continue
      state = 'plain'
      return takeHeld() + json
    }
    held += json
    return ''
  }

  function takeHeld(): string {
    const all = held
    held = ''
    return all
  }

  return {
    take(json) {
      if (state === 'before') return begin(json)
      if (state === 'inside') return give(json)
      return state === 'plain' ? json : ''
    },
    end: takeHeld
  }
}
