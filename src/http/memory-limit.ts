import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { getHeapStatistics } from 'node:v8'

/** Where Linux tells the limit of a container: the second version of control groups, then the first. */
const LIMIT_FILES = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes']

/** The memory that the process may use in all, in bytes: that of its container where there is one, else of the machine. */
export function memoryLimit(read: (path: string) => string = (path) => readFileSync(path, 'utf8')): number {
  const machine = totalmem()
  const told = LIMIT_FILES.map((path) => {
    try {
      return Number(read(path).trim()) // "max": no limit of its own
    } catch {
      return Number.NaN // this version is not in use here
    }
  })
  return Math.min(machine, ...told.filter((bytes) => bytes > 0))
}

/** The most that the heap may grow to. Bytes. */
export function heapLimit(): number {
  return getHeapStatistics().heap_size_limit
}
