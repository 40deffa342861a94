import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A small container for one process: its memory and its cores are limited by the system. */
export interface ControlGroup {
  /** Puts a process in, at its start: its children come along. */
  add(pid: number): void
  remove(): void
}

const ROOT = '/sys/fs/cgroup'
const PERIOD_US = 100_000
/** Of the processor, beside 1024 of any other process: its core is its own, as in a container that has asked for one. */
const SHARES = 16_384
/** The same by the second version, beside 100. */
const WEIGHT = 1600

/** Makes one, by either version of Linux's control groups; undefined where the machine allows none. */
export function makeControlGroup(memoryBytes: number, cores: number): ControlGroup | undefined {
  const name = `adit-pressure-${process.pid}`
  const quota = String(Math.round(cores * PERIOD_US))
  const folders = existsSync(join(ROOT, 'memory')) ? [join(ROOT, 'memory', name), join(ROOT, 'cpu', name)] : [join(ROOT, name)]
  const [memory = '', cpu = memory] = folders
  try {
    for (const folder of folders) mkdirSync(folder)
    if (folders.length === 2) {
      writeFileSync(join(memory, 'memory.limit_in_bytes'), String(memoryBytes))
      writeFileSync(join(cpu, 'cpu.cfs_quota_us'), quota)
      writeFileSync(join(cpu, 'cpu.shares'), String(SHARES))
    } else {
      writeFileSync(join(memory, 'memory.max'), String(memoryBytes))
      writeFileSync(join(memory, 'cpu.max'), `${quota} ${PERIOD_US}`)
      writeFileSync(join(cpu, 'cpu.weight'), String(WEIGHT))
    }
  } catch {
    for (const folder of folders) if (existsSync(folder)) rmdirSync(folder)
    return undefined // not root, or no control groups: the caller says so
  }
  return {
    add: (pid) => {
      for (const folder of folders) writeFileSync(join(folder, 'cgroup.procs'), String(pid))
    },
    remove: () => {
      for (const folder of folders) rmdirSync(folder)
    }
  }
}
