#!/usr/bin/env node
// `adit`, the program of the package: the gateway in front of a synthetic Bedrock, to try it. `adit start`: the gateway itself, as `npm start` starts it.
// Plain JavaScript that any Node from 18 on can run: it looks for one that is new enough and hands over to it.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const COMMANDS = {
  demo: ['../dist/standin/demo.js'],
  start: [
    '--min-semi-space-size=16',
    '--max-semi-space-size=16',
    '--no-memory-reducer',
    '--no-maglev-destroy-on-background',
    '--no-allocation-site-pretenuring',
    '../dist/server.js'
  ]
}
const [name = 'demo', ...rest] = process.argv.slice(2)
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
if (command === undefined) {
  process.stderr.write(
    'adit [demo | start [--check]]\n  demo   in front of a synthetic Bedrock, no AWS account needed (PORT=8081 adit demo: elsewhere)\n  start  in front of Amazon Bedrock; settings are environment variables\n'
  )
  process.exit(name === '--help' || name === '-h' ? 0 : 64)
}

const flags = command.slice(0, -1)
const script = fileURLToPath(new URL(command.at(-1), import.meta.url))
const child = spawn(newNode(), [...flags, script, ...rest], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
child.once('exit', (code) => process.exit(code ?? 1))

/** This Node where it is new enough, else the one that npm brought along. */
function newNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  const require = createRequire(import.meta.url)
  const brought = `node-${process.platform}-${process.arch}`
  for (const path of [`${brought}/bin/node`, `node-bin-${process.platform}-${process.arch}/bin/node`]) {
    try {
      return require.resolve(path)
    } catch {
      // not for this machine
    }
  }
  process.stderr.write(`Adit needs Node 24, this is ${process.version}: put -p node@24 before the package\n`)
  return process.exit(1)
}
