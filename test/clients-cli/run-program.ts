import { spawn } from 'node:child_process'

export interface Ran {
  /** Exit code; null: a signal ended it, by its own or since its time was up. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
  /** Its time was up. */
  readonly isLate: boolean
}

export interface RunOptions {
  readonly args: readonly string[]
  /** All of the environment but PATH. */
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** Milliseconds after which the program and whatever it started are ended. */
  readonly timeout: number
}

/** Runs a program to its end, in a process group of its own that is ended as a whole. Never throws for what the program does. */
export function runProgram(command: string, { args, env, cwd, timeout }: RunOptions): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    const child = spawn(command, args, {
      cwd,
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true
    })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text
      })
    }
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      endGroup(child.pid)
    }, timeout)
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      // What it left behind holds its pipes open; nothing of it is to outlive it.
      endGroup(child.pid)
      child.once('close', () =>
        resolve({ code, ...output, isLate, seconds: Math.round((performance.now() - startedAt) / 100) / 10 })
      )
    })
  })
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // the group has ended
  }
}
