import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { START_FLAGS } from '../../bench/measure/start-flags.ts'
import { settings } from '../../src/config.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const DOCKERFILE = read('Dockerfile').replace(/\\\n/g, ' ')
const LINES = DOCKERFILE.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
const NODE = '/usr/local/bin/node'
/** An instruction without a shell is a list of words in JSON. */
const wordsOf = (line = '') => JSON.parse(line.replace(/^[A-Z]+ /, '')) as readonly string[]
const last = (instruction: string) => LINES.filter((line) => line.startsWith(`${instruction} `)).at(-1) ?? ''

t.test('the base image is pinned to one release of Node and one of Debian', async (t) => {
  t.match(DOCKERFILE, /^ARG NODE_IMAGE=node:24\.\d+\.\d+-bookworm-slim$/m)
  const bases = LINES.filter((line) => line.startsWith('FROM ')).map((line) =>
    line.replace(/^FROM (--platform=\S+ )?(\S+).*/, '$2')
  )
  const stages = LINES.filter((line) => / AS \w+$/.test(line)).map((line) => line.split(' ').at(-1))
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the Dockerfile
  for (const base of bases) t.ok(base === '${NODE_IMAGE}' || base === 'scratch' || stages.includes(base), base)
})

t.test('the process gets its signals itself, as a user with a number, and is asked for its health without a shell', async (t) => {
  t.equal(wordsOf(last('ENTRYPOINT'))[0], NODE)
  t.equal(last('CMD'), 'CMD ["/app/dist/server.js"]')
  t.match(last('USER'), /^USER \d+:\d+$/)
  t.match(last('HEALTHCHECK'), / CMD \["\/usr\/local\/bin\/node", "\/app\/dist\/healthcheck\.js"\]$/)
  t.equal(last('STOPSIGNAL'), 'STOPSIGNAL SIGTERM')
})

t.test('the image, and the start whose compiled code it keeps, give Node the flags of `npm start`', async (t) => {
  const warmUp = LINES.find((line) => line.startsWith('RUN ') && line.includes('warm-up.mjs'))
  t.strictSame(wordsOf(last('ENTRYPOINT')), [NODE, ...START_FLAGS])
  t.strictSame(wordsOf(warmUp), [NODE, ...START_FLAGS, '/warm-up.mjs'])
})

t.test('what is installed comes from the lock file, without scripts and without development', async (t) => {
  for (const line of LINES.filter((line) => /\bnpm (ci|prune|install)\b/.test(line))) t.match(line, /--ignore-scripts/)
  t.match(DOCKERFILE, /npm prune --omit=dev --omit=optional/)
  t.notMatch(DOCKERFILE, /\b(apt-get|apk|curl|wget|sudo|ADD|MAINTAINER|:latest)\b/)
})

t.test('a certificate that is given for the build is the one that npm trusts', async (t) => {
  const [, target] = /--mount=type=secret,id=ca,target=(\S+)/.exec(DOCKERFILE) ?? []
  t.ok(target)
  t.ok(DOCKERFILE.includes(`npm ci --ignore-scripts --cafile=${target}\n`))
})

t.test('nothing but the compile cache is run on the target, so that foreign platforms can be built without it', async (t) => {
  const stages = DOCKERFILE.split(/^(?=FROM )/m).slice(1)
  const running = stages.filter((stage) => /^RUN /m.test(stage)).map((stage) => stage.split('\n', 1)[0])
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the Dockerfile
  t.strictSame(running, ['FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS build', 'FROM build AS root', 'FROM runtime AS warm'])
})

t.test('all that the Dockerfile copies from the repository is there and let through', async (t) => {
  const ignore = read('.dockerignore').split('\n')
  const sources = LINES.filter((line) => line.startsWith('COPY ') && !line.includes('--from')).flatMap((line) =>
    line.split(' ').slice(1, -1)
  )
  for (const source of sources) {
    t.ok(existsSync(new URL(`../../${source}`, import.meta.url)), source)
    t.ok(
      ignore.includes(`!${source}`) || (source.startsWith('docker/') && ignore.includes('!docker/*.mjs')),
      `${source} in .dockerignore`
    )
  }
})

const VARIABLES = new Set(settings().flatMap(({ variable }) => variable ?? []))
const NOT_OURS = /^(AWS_|HOME$|REDIS_URL$)/

for (const file of readdirSync(new URL('../../docker', import.meta.url)).filter((name) => name.endsWith('.yaml')))
  t.test(`docker/${file} starts containers that may do little, with variables that the gateway knows`, async (t) => {
    const { services } = parse(read(`docker/${file}`)) as { services: Record<string, Service> }
    for (const [name, service] of Object.entries(services)) {
      for (const variable of Object.keys(service.environment ?? {}))
        t.ok(VARIABLES.has(variable) || NOT_OURS.test(variable), `${name}: ${variable}`)
      for (const port of service.ports ?? []) t.match(port, /^127\.0\.0\.1:/, 'only this machine')
      if (service.image === undefined) continue
      t.equal(service.read_only, true, name)
      t.strictSame(service.cap_drop, ['ALL'], name)
      t.ok(service.image === 'adit' || /:\d/.test(service.image), `${service.image} is pinned`)
    }
  })

interface Service {
  image?: string
  environment?: Record<string, string>
  ports?: string[]
  read_only?: boolean
  cap_drop?: string[]
}

t.test(
  'the docker run lines of the README start what compose starts, with variables that the gateway or the AWS SDK reads',
  async (t) => {
    const lines = read('README.md').match(/^docker run .*$/gm) ?? []
    t.equal(lines.length, 2)
    const compose = read('docker/compose.yaml')
    for (const line of lines) {
      t.match(line, / -p 127\.0\.0\.1:8080:8080 .* adit$/, 'only this machine, the image that docker build made')
      const given = [...line.matchAll(/ -e ([A-Z_]+)/g)].map(([, name = '']) => name)
      for (const name of given) t.ok(VARIABLES.has(name) || NOT_OURS.test(name), name)
      for (const name of ['AWS_REGION', 'API_KEY']) t.ok(given.includes(name), name)
      const [, mounted] = / -v ~\/\.aws:(\S+)\/\.aws /.exec(line) ?? []
      t.equal(mounted !== undefined, given.includes('AWS_PROFILE'))
      if (mounted !== undefined)
        for (const text of [` -e HOME=${mounted} `, ' -u $(id -u):$(id -g) ']) t.ok(line.includes(text), text)
      if (mounted !== undefined) t.match(compose, `HOME: ${mounted}\n`)
    }
    t.match(read('README.md'), 'docker build -t adit .')
  }
)

t.test('the examples of docker/.env are variables that compose or the gateway read', async (t) => {
  const compose = read('docker/compose.yaml')
  for (const [, name = ''] of read('docker/.env.example').matchAll(/^#?([A-Z_]+)=/gm))
    t.ok(VARIABLES.has(name) || compose.includes(`{${name}:`), name)
})
