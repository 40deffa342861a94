/** Gives the keys of JSON that comes in pieces their own names back. However it is cut, what it gives adds up to the same. */
export interface KeyRestorer {
  take(json: string): string
  /** What is still held when the JSON ends early. */
  end(): string
}

/**
 * Starts before a value. Only a key is held back, until its last character is there; strings that are values pass untouched.
 * `names`: the keys as they come, to those that go out.
 */
export function createKeyRestorer(names: ReadonlyMap<string, string>): KeyRestorer {
  /** What is open, the innermost last: `{` or `[`. */
  const open: string[] = []
  let key = ''
  let state: 'between' | 'key' | 'value' = 'between'
  let isEscaped = false
  /** The next string inside the innermost object is a key. */
  let awaitsKey = false

  function structure(char: string): void {
    if (char === '{' || char === '[') open.push(char)
    else if (char === '}' || char === ']') open.pop()
    if (char === '{') awaitsKey = true
    else if (char === ',') awaitsKey = open[open.length - 1] === '{'
    else if (char === '[' || char === '}' || char === ']') awaitsKey = false
  }

  /** Tells whether this character ends the string. */
  function endsString(char: string): boolean {
    if (isEscaped) isEscaped = false
    else if (char === '\\') isEscaped = true
    else return char === '"'
    return false
  }

  function take(json: string): string {
    let out = ''
    /** Where what has not gone out yet begins. */
    let from = 0
    for (let at = 0; at < json.length; at++) {
      const char = json[at]!
      if (state === 'between') {
        if (char !== '"') structure(char)
        else {
          const isKey = awaitsKey
          awaitsKey = false
          state = isKey ? 'key' : 'value'
          if (isKey) {
            out += json.slice(from, at)
            from = at
          }
        }
      } else if (endsString(char)) {
        if (state === 'key') {
          out += restore(key + json.slice(from, at + 1), names)
          key = ''
          from = at + 1
        }
        state = 'between'
      }
    }
    if (state === 'key') key += json.slice(from)
    else out += json.slice(from)
    return out
  }

  return {
    take,
    end() {
      const left = key
      key = ''
      return left
    }
  }
}

function restore(key: string, names: ReadonlyMap<string, string>): string {
  const own = names.get(read(key) ?? '')
  return own === undefined ? key : JSON.stringify(own)
}

function read(key: string): string | undefined {
  try {
    return JSON.parse(key) as string
  } catch {
    return undefined // no JSON, and so no name of ours
  }
}
