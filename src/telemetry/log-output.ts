import { writeSync } from 'node:fs'
import type { DestinationStream } from 'pino'

/** Where the log goes. It never waits, and never throws: what cannot be written is kept for a while, then dropped and counted. */
export interface LogOutput extends DestinationStream {
  /** Lines that will never be written, so far. */
  readonly dropped: number
  /** Writes what waits, for at most `ms`; for the end of the process. */
  end(ms: number): void
}

/** Lines are written together: when so many characters wait, or so many milliseconds have passed, or the process ends. */
const WRITE_LENGTH = 32_768
const WRITE_MS = 100
/** What is kept while nobody reads. Bytes. */
const MOST_WAITING = 262_144
const END_MS = 250
const END_STEP_MS = 5
const STDOUT = 1

/**
 * Standard output, a system call for many lines: one for each costs more than making them. They are joined here and not by the
 * library, which copies all that waits to measure it whenever a line is added, and waits or throws where nobody reads.
 */
export function logOutput(): LogOutput {
  // Asking for the stream makes a pipe non-blocking: a write to a full one fails with EAGAIN from then on, instead of stopping the process.
  process.stdout.on('error', () => {}) // it is never written to; what becomes of our own writes is counted below
  const output = createLogOutput((bytes) => writeSync(STDOUT, bytes))
  setInterval(() => output.end(0), WRITE_MS).unref()
  process.once('exit', () => output.end(END_MS))
  return output
}

/** The same over any write, which gives the bytes it took or throws as `fs.writeSync` does. */
export function createLogOutput(write: (bytes: Uint8Array) => number): LogOutput {
  let lines = ''
  /** Joined already, and perhaps begun: the next to be written. */
  let waiting: Buffer = EMPTY
  let dropped = 0
  let told = 0

  /** Gives whether another try may help. */
  function flush(): boolean {
    if (lines !== '') {
      waiting = waiting.length === 0 ? Buffer.from(lines) : Buffer.concat([waiting, Buffer.from(lines)])
      lines = ''
    }
    try {
      while (waiting.length > 0) waiting = waiting.subarray(write(waiting))
      if (dropped > told) tellDropped()
      return dropped > told
    } catch (error) {
      if (isBusy(error)) return true
      drop(waiting.toString())
      waiting = EMPTY
      return false
    }
  }

  /** The next line that gets out says what did not. */
  function tellDropped(): void {
    const line = Buffer.from(droppedLine(dropped - told))
    waiting = line
    const telling = dropped
    try {
      while (waiting.length > 0) waiting = waiting.subarray(write(waiting))
      told = telling
    } catch (error) {
      if (isBusy(error) && waiting.length < line.length)
        told = telling // it is on its way
      else waiting = EMPTY
    }
  }

  function drop(text: string): void {
    dropped += text.split('\n').length - 1
  }

  return {
    get dropped() {
      return dropped
    },
    write(line) {
      if (waiting.length + lines.length >= MOST_WAITING) {
        if (flush() && waiting.length >= MOST_WAITING) return drop(line)
      }
      lines += line
      if (lines.length >= WRITE_LENGTH) flush()
    },
    end(ms) {
      const until = performance.now() + ms
      while (flush() && performance.now() < until) Atomics.wait(NEVER, 0, 0, END_STEP_MS)
    }
  }
}

const EMPTY = Buffer.alloc(0)
const NEVER = new Int32Array(new SharedArrayBuffer(4))

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EINTR')
}

function droppedLine(lines: number): string {
  return `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), dropped_lines: lines, msg: 'log lines were dropped: nobody took them' })}\n`
}
