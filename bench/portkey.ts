import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Subject } from './subjects.ts'

const PACKAGE = '@portkey-ai/gateway'
const VERSION = '1.15.2'
const FOLDER = new URL('results/peers', import.meta.url).pathname

/** Portkey's gateway with its Bedrock provider, installed aside from our own packages; undefined, with a word, when it cannot be had. */
export async function installPortkey(): Promise<Subject | undefined> {
  const script = join(FOLDER, 'node_modules', PACKAGE, 'build', 'start-server.js')
  if (!existsSync(script)) install()
  if (!existsSync(script)) {
    console.log(`${PACKAGE} cannot be installed here; it is left out`)
    return undefined
  }
  return {
    name: 'portkey',
    title: `Portkey gateway ${VERSION}`,
    dialect: 'openai',
    command: ({ port }) => ({
      args: [script, `--port=${port}`, '--headless'],
      env: { TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost' },
      readyPath: '/',
      anyStatus: true
    }),
    headers: {
      'x-portkey-provider': 'bedrock',
      'x-portkey-aws-access-key-id': 'AKIDBENCH',
      'x-portkey-aws-secret-access-key': 'secret-of-no-account',
      'x-portkey-aws-region': 'us-east-1'
    },
    upstreamHeader: 'x-portkey-custom-host'
  }
}

function install(): void {
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(join(FOLDER, 'package.json'), JSON.stringify({ private: true, dependencies: { [PACKAGE]: VERSION } }))
  const flags = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  spawnSync('npm', flags, { cwd: FOLDER, stdio: 'inherit', timeout: 180_000 })
}
