import { createJsonEnd } from './json-end.ts'

/** Takes the arguments of one call apart as they come. However they are cut, what it gives adds up to the same. */
export interface Unwrapper {
  take(json: string): string
  /** What is still held when the call ends. */
  end(): string
}

const WRAPPED = '{"properties":{'

/** Takes the answer out of `{"properties": {...}}`: models that are shown a schema now and then fill in the schema itself. */
export function createUnwrapper(): Unwrapper {
  let held = ''
  let state: 'before' | 'inside' | 'over' | 'plain' = 'before'
  const end = createJsonEnd()

  function give(json: string): string {
    const at = end.find(json)
    if (at < 0) return json
    state = 'over'
    return json.slice(0, at)
  }

  function begin(): string {
    const bare = held.replace(/\s+/g, '')
    if (bare !== '' && !bare.startsWith(WRAPPED) && WRAPPED.startsWith(bare)) return ''
    if (bare === '') return ''
    const json = held
    held = ''
    state = bare.startsWith(WRAPPED) ? 'inside' : 'plain'
    return state === 'plain' ? json : give(json.slice(json.indexOf('{', json.indexOf(':'))))
  }

  return {
    take(json) {
      if (state === 'plain') return json
      if (state === 'over') return ''
      if (state === 'inside') return give(json)
      held += json
      return begin()
    },
    end() {
      const rest = held
      held = ''
      return rest
    }
  }
}
