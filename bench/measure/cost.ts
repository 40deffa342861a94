import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** Microseconds of CPU in one of the kernel's ticks; `/proc` counts in hundredths of a second on every Linux. */
const TICK_MICROS = 10_000

/** Whether this machine tells what another process costs. Only Linux does. */
export const canMeasure = existsSync('/proc/self/stat')

/**
 * CPU time that a process has used, all threads, microseconds. Read from outside, so that any program can be the subject:
 * from the scheduler's nanoseconds where the kernel keeps them, else from ticks.
 */
export function cpuMicros(pid: number): number {
  if (!canMeasure) return 0
  return existsSync(`/proc/${pid}/schedstat`) ? scheduled(pid) : ticks(pid)
}

/** Memory of a process that is in RAM, bytes. */
export function memoryBytes(pid: number): number {
  if (!canMeasure) return 0
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
}

// A thread that ends takes its share with it; Node's pool and V8's helpers live as long as the process.
function scheduled(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const nanos = threads.map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]))
  return nanos.reduce((sum, each) => sum + each, 0) / 1000
}

function ticks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name of the program may hold blanks and brackets; the fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS
}
