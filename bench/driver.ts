import { hold, leave } from './driver/hold.ts'
import type { DriverWord, Job } from './driver/jobs.ts'
import { load } from './driver/load.ts'

/** The clients, in a process of their own: takes one job after the other over IPC and answers each with one word. */
process.on('message', (job: Job) => {
  void work(job).then(tell)
})
process.on('disconnect', () => process.exit(0))
tell({ ready: true })

async function work(job: Job): Promise<DriverWord> {
  switch (job.do) {
    case 'load':
      return { outcome: await load(job) }
    case 'hold':
      return { held: await hold(job) }
    case 'leave':
      return { held: leave() }
  }
}

function tell(word: DriverWord): void {
  process.send?.(word)
}
