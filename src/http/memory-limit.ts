import { totalmem } from 'node:os'
import { getHeapStatistics } from 'node:v8'

/** The memory that the process may use in all, in bytes: that of its container where there is one, else of the machine. */
export function memoryLimit(): number {
  const container = process.constrainedMemory() // 0 or more than there is: no limit of its own
  return container > 0 ? Math.min(container, totalmem()) : totalmem()
}

/** The most that the heap may grow to. Bytes. */
export function heapLimit(): number {
  return getHeapStatistics().heap_size_limit
}
