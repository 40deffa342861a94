import { createFigures } from './figures.ts'
import { pinned } from './measure/child.ts'
import { canMeasure } from './measure/cost.ts'
import { openStage } from './measure/stage.ts'
import { readOptions } from './options.ts'
import { profileAdit } from './profile.ts'
import { writeReport } from './report/write.ts'
import { chooseSubjects, type Running, startSubject } from './subjects.ts'
import { checkAnswers } from './workloads/check.ts'
import { FRESH, WORKLOADS } from './workloads/index.ts'
import { warmUp } from './workloads/warm-up.ts'

/** `npm run bench`: starts all, measures in turn, prints, ends all. */
const options = readOptions()
if (options.profile) {
  await profileAdit(options)
  process.exit(0)
}
const say = (text: string) => console.log(text)
const names = options.only.length === 0 ? Object.keys(WORKLOADS) : options.only
const unknown = names.filter((name) => WORKLOADS[name] === undefined)
if (unknown.length > 0) throw new Error(`no such workload: ${unknown.join(', ')}`)
if (!canMeasure) say('this system does not tell what another process costs; CPU and memory figures will be zero')
if (!pinned) say('taskset is not here, or there is one core: processes are not pinned, so figures are noisier')

const stage = await openStage()
const subjects = await chooseSubjects(options)
const running: Running[] = []
try {
  for (const subject of subjects) {
    try {
      running.push(await startSubject(subject, stage.upstreamPort))
    } catch (error) {
      say(`${(error as Error).message}\n${subject.title} is left out.`)
    }
  }
  for (const each of running) await checkAnswers(each, stage.upstreamPort)
  const able = subjects.filter((subject) => running.some((each) => each.subject === subject))
  const run = { options, stage, figures: createFigures(), running, subjects: able, say }
  if (names.some((name) => !FRESH.has(name))) await warmUp(run)
  for (const name of names) {
    say(name)
    await WORKLOADS[name]!(run)
  }
  writeReport(run.figures, able, options)
} finally {
  await Promise.all(running.map((each) => each.stop()))
  await stage.close()
}
process.exit(0)
