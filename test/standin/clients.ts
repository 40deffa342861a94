import { BedrockClient } from '@aws-sdk/client-bedrock'
import { BedrockRuntimeClient, ConverseStreamCommand, type ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SSMClient } from '@aws-sdk/client-ssm'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { CREDENTIALS } from '../../src/standin/options.ts'
import { type Standin, type StandinOptions, startStandin } from '../../src/standin/server.ts'

interface Teardown {
  teardown(release: () => unknown): void
}

/** A stand-in and every AWS client pointed at it, all gone with the test. */
export async function build(t: Teardown, options: StandinOptions = {}) {
  const standin = await startStandin(options)
  const { accessKeyId, secretAccessKey } = CREDENTIALS
  const common = { region: 'us-east-1', endpoint: standin.url, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 }
  const clients = {
    http2: new BedrockRuntimeClient(common),
    runtime: new BedrockRuntimeClient({ ...common, requestHandler: new NodeHttpHandler({}) }),
    control: new BedrockClient(common),
    ssm: new SSMClient(common),
    secrets: new SecretsManagerClient(common)
  }
  t.teardown(async () => {
    for (const client of Object.values(clients)) client.destroy()
    await standin.close()
  })
  return { standin, common, ...clients }
}

export const CLAUDE = 'us.anthropic.claude-sonnet-4-6'
export const NOVA = 'amazon.nova-lite-v1:0'

/** One user turn. */
export const user = (text: string) => ({ role: 'user' as const, content: [{ text }] })

/** Runs a stream to its end and gives all its events. */
export async function collect(client: BedrockRuntimeClient, modelId: string, text: string): Promise<ConverseStreamOutput[]> {
  const { stream } = await client.send(new ConverseStreamCommand({ modelId, messages: [user(text)] }))
  const events: ConverseStreamOutput[] = []
  for await (const event of stream ?? []) events.push(event)
  return events
}

/** The text of a stream's events. */
export const textOf = (events: readonly ConverseStreamOutput[]) =>
  events.map((event) => event.contentBlockDelta?.delta?.text ?? '').join('')

/** Waits until a condition holds, at most two seconds. */
export async function until(holds: () => boolean): Promise<boolean> {
  for (let turn = 0; turn < 200 && !holds(); turn += 1) await new Promise((resolve) => setTimeout(resolve, 10))
  return holds()
}

/** A raw POST without the SDK, for a stand-in that checks no signature. */
export async function post(
  standin: Standin,
  path: string,
  body: unknown
): Promise<{ status: number; type: string; body: Record<string, unknown> }> {
  const response = await fetch(`${standin.url}${path}`, { method: 'POST', body: JSON.stringify(body) })
  const type = response.headers.get('x-amzn-errortype')?.split(':')[0] ?? ''
  return { status: response.status, type, body: (await response.json()) as Record<string, unknown> }
}
