import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ScriptedAnswer } from '../../src/standin/server.ts'
import { describeRequest } from './describe-request.ts'
import { type Ledger, lastLines } from './ledger.ts'
import { type CodePlace, type CodeRun, runClaudeCode } from './run-claude-code.ts'
import { type Front, KEY } from './start-front.ts'

type Scenario = (place: CodePlace, ledger: Ledger) => Promise<void>

const OPUS = 'us.anthropic.claude-opus-4-8'
const NOVA = 'us.amazon.nova-2-lite-v1:0'

function say(text: string, usage?: Record<string, number>): ScriptedAnswer {
  return { content: [{ text }], stopReason: 'end_turn', ...(usage === undefined ? {} : { usage }) }
}

let calls = 0

function call(name: string, input: object, thought?: string): ScriptedAnswer {
  const toolUse = { toolUseId: `toolu_${name}_${++calls}`, name, input }
  const reasoning = thought === undefined ? [] : [{ reasoningContent: { reasoningText: { text: thought } } }]
  return { content: [...reasoning, { text: `I call ${name}.` }, { toolUse }], stopReason: 'tool_use' }
}

function finished({ code, result }: CodeRun, said: string): boolean {
  return code === 0 && result?.subtype === 'success' && result.is_error === false && result.result === said
}

function transcript(run: CodeRun): string {
  return `${run.stdout.slice(-4000)}\n${run.stderr}\n${run.seen.map(describeRequest).join('\n')}`
}

/** Whether a text reached the model. */
function told({ standin }: Front, text: string): boolean {
  return standin.requests.some(({ bodyText }) => bodyText.includes(text))
}

const asked = ({ seen }: CodeRun) => seen.filter(({ path }) => path.startsWith('/v1/messages?'))

const task: Scenario = async (place, ledger) => {
  const { front } = place
  for (const model of [OPUS, 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', NOVA, 'openai.gpt-oss-120b-1:0']) {
    const thought = model.includes('claude') ? ` I think of ${model}\n` : undefined
    front.standin.answer(
      model,
      call('Bash', { command: 'echo by-command', description: 'Say a word' }, thought),
      call('Write', { file_path: join('a.txt'), content: 'one\n"two" é\n' }),
      call('Read', { file_path: 'a.txt' }),
      say('Done.')
    )
    const run = await runClaudeCode(place, 'Write a.txt and read it.', { model })
    ledger.must(`a task on ${model}: Bash, Write, Read, to the end`, finished(run, 'Done.'), transcript(run))
    const written = await readFile(join(run.work, 'a.txt'), 'utf8').catch(() => '(no file)')
    ledger.must(
      'the file is written byte for byte, and results reached the model',
      written === 'one\n"two" é\n' && told(front, 'by-command'),
      written
    )
    if (thought !== undefined)
      ledger.must('signed thinking went back byte for byte', told(front, JSON.stringify(thought).slice(1, -1)), transcript(run))
    if (model !== OPUS) continue
    ledger.note('transcript’s end:')
    console.log(lastLines(run.stdout, 2))
    ledger.note('it sends:', ...run.seen.slice(0, 2).map(describeRequest))
  }
}

const aliases: Scenario = async (place, ledger) => {
  for (const model of ['sonnet', 'haiku', 'opus', 'claude-sonnet-4-5-20250929', 'claude-sonnet-4-5[1m]']) {
    const run = await runClaudeCode(place, 'Say hello.', { model })
    const sent = asked(run).map(({ body }) => (JSON.parse(body) as { model: string }).model)
    ledger.must(`the name ${model}, sent as ${sent[0]}, is answered`, run.result?.is_error === false, transcript(run))
  }
}

const subAgent: Scenario = async (place, ledger) => {
  const { front } = place
  const input = { description: 'Look', prompt: 'SUB-AGENT-TASK', subagent_type: 'general-purpose', run_in_background: false }
  front.standin.answer(
    OPUS,
    call('Agent', input),
    call('Bash', { command: 'echo by-sub-agent' }),
    say('SUB-AGENT-SAYS'),
    say('Done with help.')
  )
  const run = await runClaudeCode(place, 'Let somebody else look.', { model: OPUS })
  ledger.must('a sub-agent works and reports', finished(run, 'Done with help.') && told(front, 'SUB-AGENT-SAYS'), transcript(run))
  ledger.note('it sends:', ...run.seen.map(describeRequest))
}

const compaction: Scenario = async (place, ledger) => {
  const { front } = place
  front.standin.answer(OPUS, call('Bash', { command: 'echo before-compaction' }), say('First part done.'))
  const first = await runClaudeCode(place, 'Begin.', { model: OPUS })
  front.standin.answer(OPUS, say('<summary>SUMMARY-OF-THE-WORK</summary>'))
  const compacted = await runClaudeCode(place, '/compact', { model: OPUS, after: first })
  ledger.must('/compact makes a summary', compacted.code === 0 && compacted.result?.is_error === false, transcript(compacted))
  front.standin.answer(OPUS, say('Done after compaction.'))
  const last = await runClaudeCode(place, 'Go on.', { model: OPUS, after: compacted })
  ledger.must(
    'and the task goes on from it',
    finished(last, 'Done after compaction.') && told(front, 'SUMMARY-OF-THE-WORK'),
    transcript(last)
  )
  ledger.note('it sends for /compact:', ...compacted.seen.map(describeRequest))
}

const counting: Scenario = async (place, ledger) => {
  const run = await runClaudeCode(place, '/context', { model: OPUS })
  const counts = run.seen.filter(({ path }) => path.includes('count_tokens'))
  ledger.must(
    `/context is counted (${counts.length} times)`,
    run.code === 0 && counts.every(({ status }) => status === 200),
    transcript(run)
  )
  ledger.note('it sends:', ...counts.slice(0, 2).map(describeRequest))
}

/** Bedrock's own calls with a key of the gateway. What Bedrock refuses it leaves out by itself, as its newest flags. */
const bedrockMode: Scenario = async (place, ledger) => {
  const { front } = place
  const command = 'echo by-command-natively'
  front.standin.answer(OPUS, call('Bash', { command }, ' I think natively\n'), say('Done natively.'))
  const env = {
    CLAUDE_CODE_USE_BEDROCK: '1',
    ANTHROPIC_BEDROCK_BASE_URL: front.base,
    AWS_BEARER_TOKEN_BEDROCK: KEY,
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    CLAUDE_CODE_ATTRIBUTION_HEADER: '0'
  }
  const run = await runClaudeCode(place, 'Say a word.', { model: OPUS, env })
  ledger.must('a task in Bedrock mode, to the end', finished(run, 'Done natively.'), transcript(run))
  const went = run.seen.filter(({ path, status }) => path.endsWith('/invoke-with-response-stream') && status === 200)
  ledger.must('by Bedrock’s own calls, thinking and results sent back', went.length === 2 && told(front, 'I think natively'))
  ledger.note('it sends:', ...run.seen.map(describeRequest))
}

const throttled: Scenario = async (place, ledger) => {
  const { front } = place
  front.standin.answer(OPUS, say('Done after a wait.'))
  front.standin.fail(OPUS, 'throttling-retry-after')
  const once = await runClaudeCode(place, 'Go.', { model: OPUS })
  ledger.must('a throttled answer is asked for again and ends well', finished(once, 'Done after a wait.'), transcript(once))
  front.standin.fail(OPUS, ...Array<string>(12).fill('throttling-retry-after'))
  const always = await runClaudeCode(place, 'Go.', { model: OPUS })
  front.standin.fail(OPUS)
  ledger.must(
    'always throttled: it fails and says why',
    always.code !== 0 && /429|too many requests/i.test(always.result?.result ?? ''),
    transcript(always)
  )
  ledger.note(`it says: ${always.result?.result}`)
}

const cut: Scenario = async (place, ledger) => {
  const { front } = place
  const said = 'Done after a cut: all that was to be said is said here.'
  for (const fault of ['eof-no-stop', 'in-band-overloaded']) {
    front.standin.answer(OPUS, say(said))
    front.standin.fail(OPUS, fault)
    const once = await runClaudeCode(place, 'Go.', { model: OPUS })
    ledger.must(`a cut answer (${fault}) is asked for again and ends well`, finished(once, said), transcript(once))
    ledger.note(
      'it sends:',
      ...once.seen.map(({ status, body }) => `${status} stream=${(JSON.parse(body) as { stream?: boolean }).stream}`)
    )
    front.standin.fail(OPUS, ...Array<string>(12).fill(fault))
    const always = await runClaudeCode(place, 'Go.', { model: OPUS })
    front.standin.fail(OPUS)
    const looksFinished = always.result?.is_error === false || always.code === 0
    ledger.must(`always cut (${fault}): it never looks finished`, !looksFinished, transcript(always))
    ledger.note(`it says: ${always.result?.result}`)
  }
}

export const CODE_SCENARIOS: readonly Scenario[] = [task, aliases, subAgent, compaction, counting, bedrockMode, throttled, cut]
