import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ScriptedAnswer } from '../../src/standin/server.ts'
import { describeRequest } from './describe-request.ts'
import { type Ledger, lastLines } from './ledger.ts'
import { type CodexPlace, type CodexRun, MODEL, runCodex } from './run-codex.ts'
import type { Front } from './start-front.ts'

type Scenario = (place: CodexPlace, ledger: Ledger) => Promise<void>

/** A name of Codex's own catalogue: it sends its tools as an item, one of them a tool whose input is a program. */
const CATALOGUED = 'gpt-5.6-sol'

function say(text: string, usage?: Record<string, number>): ScriptedAnswer {
  return { content: [{ text }], stopReason: 'end_turn', ...(usage === undefined ? {} : { usage }) }
}

function call(name: string, input: object, usage?: Record<string, number>): ScriptedAnswer {
  const toolUseId = `tooluse_${name}_${Math.random().toString(36).slice(2, 8)}`
  return {
    content: [{ text: `I call ${name}.` }, { toolUse: { toolUseId, name, input } }],
    stopReason: 'tool_use',
    ...(usage === undefined ? {} : { usage })
  }
}

const PATCH = ['*** Begin Patch', '*** Update File: a.txt', '@@', ' one', '+two "quoted" \\ é', '*** End Patch'].join('\n')
const PATCHED = 'one\ntwo "quoted" \\ é\n'

function finished(run: CodexRun, said: string): boolean {
  return run.code === 0 && run.said === said && run.events.some(({ type }) => type === 'turn.completed')
}

async function fileOf({ work }: CodexRun): Promise<string> {
  return readFile(join(work, 'a.txt'), 'utf8').catch(() => '(no file)')
}

function transcript(run: CodexRun): string {
  return `${run.stdout}\n${run.stderr}\n${run.seen.map(describeRequest).join('\n')}`
}

/** Upstream tool results that hold a text: what the model was told. */
function told({ standin }: Front, text: string): boolean {
  return standin.requests.some(({ operation, bodyText }) => operation.startsWith('Converse') && bodyText.includes(text))
}

const task: Scenario = async (place, ledger) => {
  const { front } = place
  front.standin.answer(
    MODEL,
    call('exec_command', { cmd: "printf 'one\\n' > a.txt && echo written-by-command" }),
    call('exec_command', { cmd: `apply_patch <<'EOF'\n${PATCH}\nEOF` }),
    say('Done.')
  )
  const run = await runCodex(place, 'Write a.txt and patch it.')
  ledger.must('a task by a Bedrock id: commands, their results, the end', finished(run, 'Done.'), transcript(run))
  ledger.must('the command’s output reached the model', told(front, 'written-by-command'))
  ledger.must('the patch by the shell is applied', (await fileOf(run)) === PATCHED, await fileOf(run))
  ledger.note('transcript’s end:')
  console.log(lastLines(run.stdout, 4))
  ledger.note('it sends:', ...run.seen.slice(0, 2).map(describeRequest))
}

const taskWithCatalogue: Scenario = async (place, ledger) => {
  const { front } = place
  front.standin.answer(
    MODEL,
    call('exec_command', { cmd: "printf 'one\\n' > a.txt" }),
    call('apply_patch', { input: PATCH }),
    say('Done with a patch.')
  )
  const run = await runCodex(place, 'Write a.txt and patch it.', { provider: [`model_catalog_url = "${front.base}/v1/models"`] })
  ledger.must(
    'with the gateway’s catalogue: a patch by its own tool, to the end',
    finished(run, 'Done with a patch.'),
    transcript(run)
  )
  ledger.must('the patch is applied byte for byte', (await fileOf(run)) === PATCHED, await fileOf(run))
  const warned = run.events.some(({ item }) => item?.message?.includes('Model metadata') === true)
  ledger.must('Codex knows the model: no warning about its metadata', !warned, transcript(run))
  ledger.note('it sends:', ...run.seen.slice(0, 2).map(describeRequest))
}

const taskOfCatalogued: Scenario = async (place, ledger) => {
  const { front } = place
  const js = 'const r = await tools.exec_command({ cmd: "printf \'one\\\\n\' > a.txt && echo by-program" });\ntext(r);'
  front.standin.answer(MODEL, call('functions__exec', { input: js }), say('Done by a program.'))
  const run = await runCodex(place, 'Write a.txt.', { model: CATALOGUED })
  ledger.must(
    `a task by ${CATALOGUED}: tools in an item, a program as input`,
    finished(run, 'Done by a program.'),
    transcript(run)
  )
  ledger.must('the program ran, and its output reached the model', (await fileOf(run)) === 'one\n' && told(front, 'by-program'))
  ledger.note('it sends:', ...run.seen.slice(0, 1).map(describeRequest))
}

const FULL = { inputTokens: 150_000, outputTokens: 100, totalTokens: 150_100 }
const LIMIT = ['model_auto_compact_token_limit = 100000']

const compaction: Scenario = async (place, ledger) => {
  const { front } = place
  front.standin.answer(
    MODEL,
    call('exec_command', { cmd: 'echo before-compaction' }, FULL),
    say('SUMMARY-OF-THE-WORK'),
    say('Done after compaction.')
  )
  const run = await runCodex(place, 'Work long.', { settings: LIMIT })
  ledger.must(
    'compaction by an ordinary request, and the task goes on to its end',
    finished(run, 'Done after compaction.'),
    transcript(run)
  )
  ledger.must('the summary is what the model reads on from', told(front, 'SUMMARY-OF-THE-WORK'), transcript(run))
  ledger.note('it sends:', ...run.seen.map(describeRequest))
}

const ownCompaction: Scenario = async (place, ledger) => {
  const { front } = place
  front.standin.answer(
    MODEL,
    call('exec_command', { cmd: 'echo before-own-compaction' }, FULL),
    say('OWN-SUMMARY-OF-THE-WORK'),
    say('Done after its own compaction.')
  )
  const run = await runCodex(place, 'Work long.', { settings: LIMIT, provider: 'own' })
  ledger.must(
    'the built-in provider: compaction_trigger, and the task to its end',
    finished(run, 'Done after its own compaction.'),
    transcript(run)
  )
  ledger.must(
    'a WebSocket is refused with 426, once',
    run.seen.filter(({ status }) => status === 426).length === 1,
    transcript(run)
  )
  ledger.must('the summary came back out of its item', told(front, 'OWN-SUMMARY-OF-THE-WORK'), transcript(run))
  ledger.note('it sends:', ...run.seen.map(describeRequest))
}

const throttled: Scenario = async (place, ledger) => {
  const { front } = place
  front.standin.answer(MODEL, say('Done after a wait.'))
  front.standin.fail(MODEL, 'throttling-retry-after')
  const once = await runCodex(place, 'Go.')
  ledger.must('a throttled answer is asked for again and ends well', finished(once, 'Done after a wait.'), transcript(once))
  front.standin.fail(MODEL, ...Array<string>(12).fill('throttling-retry-after'))
  const always = await runCodex(place, 'Go.', { provider: ['request_max_retries = 1', 'stream_max_retries = 1'] })
  front.standin.fail(MODEL)
  const failure = always.events.find(({ type }) => type === 'turn.failed')?.error?.message ?? ''
  ledger.must(
    'always throttled: the turn fails and says why',
    always.code === 1 && /429|rate limit|too many/i.test(failure),
    transcript(always)
  )
  ledger.note(`it says: ${failure}`)
}

const cut: Scenario = async (place, ledger) => {
  const { front } = place
  front.standin.answer(MODEL, say('Done after a cut: all that was to be said is said here.'))
  front.standin.fail(MODEL, 'eof-no-stop')
  const once = await runCodex(place, 'Go.')
  ledger.must(
    'a cut answer is asked for again and ends well',
    finished(once, 'Done after a cut: all that was to be said is said here.') && once.seen.length === 2,
    transcript(once)
  )
  front.standin.fail(MODEL, ...Array<string>(12).fill('eof-no-stop'))
  const always = await runCodex(place, 'Go.', { provider: ['request_max_retries = 1', 'stream_max_retries = 1'] })
  front.standin.fail(MODEL)
  const failed = always.events.some(({ type }) => type === 'turn.failed')
  ledger.must('always cut: the turn fails and never looks finished', always.code === 1 && failed, transcript(always))
  ledger.note(`it says: ${always.events.find(({ type }) => type === 'turn.failed')?.error?.message}`)
}

export const CODEX_SCENARIOS: readonly Scenario[] = [
  task,
  taskWithCatalogue,
  taskOfCatalogued,
  compaction,
  ownCompaction,
  throttled,
  cut
]
