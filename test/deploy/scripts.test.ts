import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { build } from '../support/helper.ts'
import { LEAST, parseTemplate, refusals, resolve } from './template.ts'

// The scripts call these instead of the real ones. Each call is written down; the first line whose pattern fits answers it.
const script = (name: string) => fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url))
const skip = spawnSync('bash', ['--version']).error !== undefined && 'the scripts need bash'

type Answer = readonly [pattern: string, output: string, code?: number]

interface Ran {
  stdout: string
  stderr: string
  code: number
  calls: string[]
  folder: string
}

function run(t: Test, name: string, parameters: string[], answers: readonly Answer[]): Promise<Ran> {
  const folder = t.testdir({})
  const cases = answers.map(([pattern, output, code = 0]) => `  ${pattern}) echo '${output}'; exit ${code} ;;`).join('\n')
  for (const tool of ['aws', 'docker']) {
    writeFileSync(
      join(folder, tool),
      `#!/usr/bin/env bash\necho "${tool} $*" >>'${folder}/calls'\ncase "${tool} $*" in\n${cases}\nesac\n`
    )
    chmodSync(join(folder, tool), 0o755)
  }
  const env = { PATH: `${folder}:${process.env.PATH}`, AWS_REGION: 'eu-west-1' }
  return new Promise((resolve) => {
    execFile('bash', [script(name), ...parameters], { env }, (error, stdout, stderr) => {
      const path = join(folder, 'calls')
      const calls = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []
      resolve({ stdout, stderr, code: error === null ? 0 : Number(error.code), calls, folder })
    })
  })
}

const ACCOUNT: Answer = ['*get-caller-identity*', '123456789012']
const URL_OF_STACK: Answer = ['*APIBaseUrl*', 'https://llm.example.com/api/v1']

t.test('deploy.sh hands parameters on as they are and prints the URL alone', { skip }, async (t) => {
  const given = ['ApiKeyParam=/adit/api-key', 'ModelAliases={"fast": "us.amazon.nova-lite-v1:0"}']
  const { stdout, code, calls } = await run(t, 'deploy.sh', ['adit', ...given], [ACCOUNT, URL_OF_STACK])
  t.equal(code, 0)
  t.equal(stdout, 'https://llm.example.com/api/v1\n')
  const deploy = calls.find((call) => call.startsWith('aws cloudformation deploy '))
  t.match(deploy, / --s3-bucket adit-templates-123456789012-eu-west-1 .* --parameter-overrides /)
  t.ok(deploy?.endsWith(given.join(' ')), deploy ?? 'no deployment')
})

t.test('deploy.sh without parameters changes none', { skip }, async (t) => {
  const { code, calls } = await run(t, 'deploy.sh', ['adit'], [ACCOUNT, URL_OF_STACK])
  t.equal(code, 0)
  t.notMatch(calls.join('\n'), /parameter-overrides/)
})

t.test('deploy.sh makes the bucket for the template when there is none', { skip }, async (t) => {
  const answers: Answer[] = [ACCOUNT, ['*head-bucket*', '', 254], URL_OF_STACK]
  const { calls } = await run(t, 'deploy.sh', ['adit'], answers)
  t.ok(calls.includes('aws s3 mb s3://adit-templates-123456789012-eu-west-1'))
})

t.test('deploy.sh shows what failed', { skip }, async (t) => {
  const answers: Answer[] = [
    ACCOUNT,
    ['*cloudformation?deploy*', '', 255],
    ['*describe-stack-events*', 'Service  Circuit breaker was triggered']
  ]
  const { stdout, stderr, code } = await run(t, 'deploy.sh', ['adit'], answers)
  t.equal(code, 1)
  t.equal(stdout, '')
  t.match(stderr, /what failed:\nService +Circuit breaker was triggered/)
})

const NO_STACK: Answer = ['*StackStatus*', '', 254]

t.test('deploy.sh has a new stack build what is committed here, without Docker', { skip }, async (t) => {
  const { stdout, code, calls } = await run(
    t,
    'deploy.sh',
    ['adit', 'ApiKeyParam=/adit/api-key'],
    [NO_STACK, ACCOUNT, URL_OF_STACK]
  )
  t.equal(code, 0)
  t.equal(stdout, 'https://llm.example.com/api/v1\n')
  const archive = /s3:\/\/(adit-templates-123456789012-eu-west-1\/adit\/source-[0-9a-f]{12}\.zip)$/m.exec(calls.join('\n'))?.[1]
  t.ok(archive, 'the source is in the bucket')
  const deploy = calls.find((call) => call.startsWith('aws cloudformation deploy ')) ?? ''
  t.ok(
    deploy.endsWith(` ApiKeyParam=/adit/api-key ContainerImageUri= SourceRepository= SourceVersion= SourceArchive=${archive}`),
    deploy
  )
  t.match(deploy, / --disable-rollback /, 'a first launch that fails is kept')
  t.ok(calls.includes('aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com'))
  t.notMatch(calls.join('\n'), /^docker/m)
})

t.test(
  'deploy.sh builds nothing where an image or a source is named, nor in an update that does not ask for it',
  { skip },
  async (t) => {
    const uploads = async (parameters: string[], answers: readonly Answer[]) =>
      (await run(t, 'deploy.sh', ['adit', ...parameters], [...answers, ACCOUNT, URL_OF_STACK])).calls.filter((call) =>
        call.startsWith('aws s3 cp')
      )
    for (const named of ['ContainerImageUri=adit:1', 'SourceRepository=https://git.example.com/adit', 'SourceArchive=b/a.zip'])
      t.strictSame(await uploads([named], [NO_STACK]), [], named)
    t.strictSame(await uploads(['MinTasks=3'], [['*StackStatus*', 'UPDATE_COMPLETE']]), [])
    t.equal((await uploads(['--build'], [['*StackStatus*', 'UPDATE_COMPLETE']])).length, 1)
  }
)

t.test('deploy.sh shows why a task stopped and what it logged, before anything is removed', { skip }, async (t) => {
  const { stderr, code } = await run(
    t,
    'deploy.sh',
    ['adit', 'ContainerImageUri=adit:1'],
    [
      NO_STACK,
      ACCOUNT,
      ['*cloudformation?deploy*', '', 255],
      ['*describe-stack-resource?*Cluster*', 'adit-Cluster'],
      ['*describe-stack-resource?*LogGroup*', 'adit-LogGroup'],
      ['*list-tasks?*STOPPED*', 'arn:aws:ecs:eu-west-1:123456789012:task/adit-Cluster/1'],
      ['*describe-tasks?*', 'CannotPullContainerError'],
      ['*filter-log-events?*adit-LogGroup*', 'the configuration has 1 fault']
    ]
  )
  t.equal(code, 1)
  t.match(stderr, /why a task stopped:\nCannotPullContainerError/)
  t.match(stderr, /the last lines of its log:\nthe configuration has 1 fault/)
  t.match(stderr, /What was made is kept\..*delete-stack --stack-name adit/)
})

t.test('deploy.sh says how to get rid of a stack whose first launch failed', { skip }, async (t) => {
  const { stderr, code, calls } = await run(t, 'deploy.sh', ['adit'], [['*StackStatus*', 'ROLLBACK_COMPLETE']])
  t.equal(code, 1)
  t.match(stderr, /aws cloudformation delete-stack --stack-name adit/)
  t.equal(calls.length, 1, 'nothing else is tried')
})

const DIGEST = `sha256:${'a'.repeat(64)}`
const PUSHED = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/adit@${DIGEST}\n`
/** The registry knows the tag only once it has been pushed. */
const pushedBy = (call: string): Answer => [`*describe-images*`, `$(grep -q "${call}" "$(dirname "$0")/calls" && echo ${DIGEST})`]
const push = (t: Test, answers: readonly Answer[]) =>
  run(t, 'push-image.sh', ['--repository', 'team/adit', '--tag', 'v1'], [ACCOUNT, ...answers])

t.test('launch.sh makes templates whose source is the tag, and a link per region that opens their form', { skip }, async (t) => {
  const target = mkdtempSync(join(tmpdir(), 'adit-launch-'))
  t.teardown(() => rmSync(target, { recursive: true }))
  const place = 'https://b.s3.us-east-1.amazonaws.com/adit/v0.1.0'
  const { stdout, code } = await run(t, 'launch.sh', ['https://git.example.com/o/adit', 'v0.1.0', place, target], [])
  t.equal(code, 0)
  const LINK =
    /\(https:\/\/([a-z0-9-]+)\.console\.aws\.amazon\.com\/cloudformation\/home\?region=([a-z0-9-]+)#\/stacks\/create\/review\?templateURL=(\S+?)&stackName=adit\)/g
  const links = [...stdout.matchAll(LINK)]
  t.ok(links.length >= 30)
  for (const [, host, region, template = ''] of links) {
    t.equal(host, region)
    t.ok(template === `${place}/fargate.yaml` || template === `${place}/lambda.yaml`, template)
  }
  t.notMatch(readFileSync(join(target, 'fargate-without-build.yaml'), 'utf8'), 'CodeBuild::Project')
  for (const name of ['fargate.yaml', 'lambda.yaml']) {
    const template = parseTemplate(readFileSync(join(target, name), 'utf8'))
    t.equal(template.Parameters.SourceRepository?.Default, 'https://git.example.com/o/adit')
    t.equal(template.Parameters.SourceVersion?.Default, 'v0.1.0')
    const address = name === 'fargate.yaml' ? { AllowHttp: 'true', AllowedCidr: '203.0.113.7/32' } : {}
    t.strictSame(
      refusals({ ApiKeyParam: '/adit/api-key', ...address }, template),
      [],
      `${name}: nothing about the image has to be given`
    )
  }
})

t.test('push-image.sh builds for both processors and prints the image with its digest alone', { skip }, async (t) => {
  const [pattern, output] = pushedBy('buildx build')
  const { stdout, code, calls } = await push(t, [[pattern, `'"${output}"'`]])
  t.equal(code, 0)
  t.equal(stdout, PUSHED)
  const build = calls.find((call) => call.startsWith('docker buildx build ')) ?? ''
  t.match(
    build,
    / --platform linux\/amd64,linux\/arm64 .* --push .* -t 123456789012\.dkr\.ecr\.eu-west-1\.amazonaws\.com\/team\/adit:v1 /
  )
  t.ok(
    calls.some((call) => call.startsWith('docker buildx rm adit-')),
    'the builder is removed'
  )
})

t.test('push-image.sh builds without the compile cache where the foreign platform cannot be run', { skip }, async (t) => {
  const [pattern, output] = pushedBy('target runtime')
  const answers: Answer[] = [
    [pattern, `'"${output}"'`],
    ['*buildx?build*--target?runtime*', ''],
    ['*buildx?build*', 'exec format error', 1]
  ]
  const { stdout, stderr, code } = await push(t, answers)
  t.equal(code, 0)
  t.equal(stdout, PUSHED)
  t.match(stderr, /building again without the compile cache/)
})

t.test('push-image.sh builds nothing when the tag is there', { skip }, async (t) => {
  const { stdout, stderr, calls } = await push(t, [['*describe-images*', DIGEST]])
  t.equal(stdout, PUSHED)
  t.match(stderr, /is there already/)
  t.notMatch(calls.join('\n'), /buildx build/)
})

t.test('push-image.sh makes the repository, with tags that cannot be moved', { skip }, async (t) => {
  const { calls } = await push(t, [
    ['*describe-repositories*', '', 254],
    ['*describe-images*', DIGEST]
  ])
  t.match(calls.join('\n'), /ecr create-repository .*--repository-name team\/adit --image-tag-mutability IMMUTABLE/)
})

const tools = ['jq', 'openssl'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined)
const skipOperate = skip || (tools.length > 0 && `operate.sh needs ${tools.join(' and ')}`)
const PARAMETERS = JSON.stringify([
  { ParameterKey: 'ContainerImageUri', ParameterValue: '' },
  { ParameterKey: 'SourceVersion', ParameterValue: 'v0.1.0' },
  { ParameterKey: 'SourceRepository', ParameterValue: 'https://git.example.com/adit' },
  { ParameterKey: 'MinTasks', ParameterValue: '2' }
])
const operate = (t: Test, parameters: string[], answers: readonly Answer[]) => run(t, 'operate.sh', parameters, answers)

t.test(
  'operate.sh upgrades by the version alone, remembers the one before, and goes back to it',
  { skip: skipOperate },
  async (t) => {
    const RUNS = 'SourceRepository=https://git.example.com/adit SourceVersion=v0.1.0'
    const parameters: Answer = ['*Stacks?0?.Parameters?--output*', PARAMETERS]
    const up = await operate(
      t,
      ['upgrade', 'adit', 'v0.2.0'],
      [parameters, ['*Stacks?0?.Parameters*', RUNS], ['*Key!=*', '[\n    "cost centre=4711 = ours"\n]']]
    )
    t.equal(up.code, 0, up.stderr)
    const update = up.calls.find((call) => call.includes('update-stack')) ?? ''
    t.match(update, '{"ParameterKey":"SourceVersion","ParameterValue":"v0.2.0"}')
    t.match(update, '{"ParameterKey":"MinTasks","UsePreviousValue":true}')
    t.match(
      update,
      `--tags [{"Key":"cost centre","Value":"4711 = ours"},{"Key":"adit:before","Value":"${RUNS}"}]`,
      'what ran before is a tag of the stack, beside those that were there'
    )
    const image = `ContainerImageUri=${'r'.repeat(120)}@sha256:${'a'.repeat(64)}`
    const back = await operate(
      t,
      ['back', 'adit'],
      [parameters, ['*Stacks?0?.Parameters*', `${RUNS} ${image}`], ['*Key!=*', '[]'], ['*Key==*', RUNS]]
    )
    t.equal(back.code, 0, back.stderr)
    const undo = back.calls.find((call) => call.includes('update-stack'))
    t.match(undo, '{"ParameterKey":"SourceVersion","ParameterValue":"v0.1.0"}')
    t.match(undo, '{"ParameterKey":"ContainerImageUri","ParameterValue":""}', 'or the image would go on being used')
    t.match(undo, `{"Key":"adit:before","Value":"${image}"}`, 'whole, since a named image goes before every source')
  }
)

const NO_CODEBUILD: Answer = ['*describe-type*CodeBuild*', `'; echo TypeNotFoundException >&2; echo '`, 255]

t.test(
  'deploy.sh leaves the build out where a region has no CodeBuild, and says so where it is asked for',
  { skip },
  async (t) => {
    const answers: Answer[] = [
      NO_STACK,
      NO_CODEBUILD,
      ACCOUNT,
      [
        '*cloudformation?deploy*',
        `'; for word; do case $word in *.yaml) cp "$word" "$(dirname "$0")/used" ;; esac; done; echo '`
      ],
      URL_OF_STACK
    ]
    const named = await run(t, 'deploy.sh', ['adit', 'ContainerImageUri=adit:1'], answers)
    t.equal(named.code, 0, named.stderr)
    const template = parseTemplate(readFileSync(join(named.folder, 'used'), 'utf8'))
    t.strictSame(refusals(LEAST, template), [])
    t.match(refusals({ ...LEAST, ContainerImageUri: '' }, template), [/Name one in ContainerImageUri/])
    const types = new Set(Object.values(template.Resources).map(({ Type }) => Type))
    for (const type of ['AWS::CodeBuild::Project', 'AWS::Lambda::Function', 'AWS::ECR::Repository'])
      t.notOk(types.has(type), type)
    const whole = resolve(LEAST)
    t.strictSame(resolve(LEAST, {}, template), whole, 'with an image that is named nothing else is different')

    for (const asked of [[], ['SourceRepository=https://git.example.com/adit', 'SourceVersion=v1']]) {
      const { code, stderr, calls } = await run(t, 'deploy.sh', ['adit', ...asked], answers)
      t.equal(code, 64)
      t.match(stderr, 'eu-west-1 has no CodeBuild')
      t.notMatch(calls.join('\n'), / s3 /, 'nothing is made before that')
    }
  }
)

t.test('deploy.sh remembers what an upgrade replaces, and keeps the tags of the stack', { skip: skipOperate }, async (t) => {
  const answers: Answer[] = [
    ['*StackStatus*', 'UPDATE_COMPLETE'],
    ['*Stacks?0?.Parameters*', 'SourceVersion=v0.1.0'],
    ['*Key!=*', '[\n    "team=a"\n]'],
    ACCOUNT,
    URL_OF_STACK
  ]
  const deployed = async (parameter: string) =>
    (await run(t, 'deploy.sh', ['adit', parameter], answers)).calls.find((call) => call.startsWith('aws cloudformation deploy '))
  t.match(await deployed('SourceVersion=v0.2.0'), ' --tags team=a adit:before=SourceVersion=v0.1.0 --parameter-overrides ')
  t.notMatch(await deployed('MinTasks=3'), '--tags')
})

t.test('operate.sh takes no parameter that the stack has not', { skip: skipOperate }, async (t) => {
  const { code, stderr, calls } = await operate(
    t,
    ['upgrade', 'adit', 'SourceVerison=v2'],
    [['*Stacks?0?.Parameters*', PARAMETERS]]
  )
  t.equal(code, 64)
  t.match(stderr, 'adit has no parameter SourceVerison')
  t.notMatch(calls.join('\n'), /update-stack/)
})

t.test('operate.sh upgrades to a tag only what is built from a repository', { skip: skipOperate }, async (t) => {
  for (const runs of ['ContainerImageUri=adit:1', 'BuildNumber=1 SourceArchive=b/a.zip']) {
    const { code, stderr, calls } = await operate(t, ['upgrade', 'adit', 'v0.2.0'], [['*Stacks?0?.Parameters*', runs]])
    t.equal(code, 64)
    t.match(stderr, `adit runs ${runs}: upgrade it with `)
    t.notMatch(calls.join('\n'), /update-stack/)
  }
})

t.test('operate.sh says why an upgrade was rolled back', { skip: skipOperate }, async (t) => {
  const { code, stderr } = await operate(
    t,
    ['upgrade', 'adit', 'v0.2.0'],
    [
      ['*Stacks?0?.Parameters?--output*', PARAMETERS],
      ['*Stacks?0?.Parameters*', 'SourceRepository=https://git.example.com/adit'],
      ['*wait?stack-update-complete*', '', 255],
      ['*describe-stack-events*', 'Image  The build adit:1 ended with FAILED']
    ]
  )
  t.equal(code, 1)
  t.match(stderr, /rolled back; why:\nImage +The build adit:1 ended with FAILED/)
})

t.test('operate.sh sends calls of Bedrock to other regions, and home again', { skip: skipOperate }, async (t) => {
  for (const [to, value] of [
    ['us-west-2,us-east-1', 'us-west-2,us-east-1'],
    ['home', '']
  ] as const) {
    const all = JSON.stringify([{ ParameterKey: 'BedrockRegions', ParameterValue: 'x' }])
    const { calls } = await operate(t, ['away', 'adit', to], [['*Stacks?0?.Parameters*', all]])
    t.match(calls.join('\n'), `{"ParameterKey":"BedrockRegions","ParameterValue":"${value}"}`)
  }
})

t.test(
  'operate.sh rotates a key: the gateway takes both, then the new one alone, with what the old one might do',
  { skip: skipOperate },
  async (t) => {
    const written = ({ calls }: Ran) => /put-parameter .*--value (\{.*\})$/m.exec(calls.join('\n'))?.[1] ?? ''
    const statuses = async (set: string, keys: readonly string[]) => {
      const file = join(t.testdir({}), 'keys.json')
      writeFileSync(file, set)
      const { base } = await build(t, { API_KEY: '', API_KEYS_FILE: file })
      return Promise.all(
        keys.map(async (key) => (await fetch(`${base}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status)
      )
    }
    const first = await operate(t, ['rotate', '/adit/api-key'], [['*get-parameter*', 'sk-old']])
    t.equal(first.code, 0, first.stderr)
    const [key, both] = [first.stdout.trim(), written(first)]
    t.notMatch(both, /sk-old/, 'digests only')
    t.notMatch(both, key)
    t.strictSame(await statuses(both, ['sk-old', key, 'sk-none']), [200, 200, 401])

    const retired = await operate(t, ['retire', '/adit/api-key', 'first'], [['*get-parameter*', both]])
    t.strictSame(await statuses(written(retired), ['sk-old', key]), [401, 200])

    const teams = '{"keys":[{"name":"a","key":"sk-a","models":["amazon.*"]},{"name":"b","key":"sk-b"}]}'
    const unnamed = await operate(t, ['rotate', '/adit/api-key'], [['*get-parameter*', teams]])
    t.equal(unnamed.code, 64)
    t.match(unnamed.stderr, 'which of these keys? a, b')
    const named = JSON.parse(written(await operate(t, ['rotate', '/adit/api-key', 'a'], [['*get-parameter*', teams]]))) as {
      keys: object[]
    }
    t.match(named.keys[2], { name: /^a-since-/, models: ['amazon.*'], sha256: /^[0-9a-f]{64}$/ })
    t.notOk('key' in (named.keys[2] ?? {}))
  }
)

t.test('operate.sh saves what a stack was given, and makes it anew where there is none', { skip: skipOperate }, async (t) => {
  const saved = await operate(t, ['save', 'adit'], [['*Stacks?0?.Parameters*', PARAMETERS]])
  t.strictSame(JSON.parse(saved.stdout), JSON.parse(PARAMETERS))
  const file = join(mkdtempSync(join(tmpdir(), 'adit-saved-')), 'saved.json')
  t.teardown(() => rmSync(join(file, '..'), { recursive: true }))
  writeFileSync(file, saved.stdout)
  const there = await operate(t, ['restore', 'adit', file], [])
  t.match(there.stderr, /is there; delete it first/)
  const { code, calls, stderr } = await operate(
    t,
    ['restore', 'adit', file],
    [ACCOUNT, URL_OF_STACK, ['*describe-stacks*', '', 254]]
  )
  t.equal(code, 0, stderr)
  t.match(
    calls.join('\n'),
    /cloudformation deploy .*SourceVersion=v0\.1\.0 SourceRepository=https:\/\/git\.example\.com\/adit MinTasks=2/
  )
})
