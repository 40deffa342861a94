import type { Dispatcher } from 'undici'
import { type AgentOptions, createAgent } from './agent.ts'
import { type BedrockHost, type Endpoint, mantleEndpoint, resolveEndpoint } from './endpoint.ts'
import { createSigner, type Signer } from './sign.ts'

/** The services in the scope of a signature. */
const SERVICES: Readonly<Record<BedrockHost, string>> = { runtime: 'bedrock', mantle: 'bedrock-mantle' }

/** What calls of one region go through. */
export interface Opened {
  readonly endpoint: Endpoint
  readonly agent: Dispatcher
  readonly signer: Signer
}

/** Opens itself once, when it is first needed; a failure is tried again by the next who needs it. */
export interface Link {
  /** Absent until `open` has succeeded. */
  readonly opened: Opened | undefined
  /** At most one attempt is under way. Throws GatewayError `not_ready`. */
  open(): Promise<Opened>
  /** Ends all connections, running calls included. */
  close(): Promise<void>
}

export interface LinkOptions extends AgentOptions {
  readonly region?: string
  readonly host: BedrockHost
  /** The operator's address of mantle; absent: AWS's own. */
  readonly mantleEndpoint?: string
}

/** Makes the link of one region; `region` absent: the SDK's own rule. */
export function createLink(options: LinkOptions): Link {
  let opened: Opened | undefined
  let opening: Promise<Opened> | undefined

  async function openOnce(): Promise<Opened> {
    const endpoint = await (options.host === 'mantle' ? mantleEndpoint(options) : resolveEndpoint(options.region))
    const agent = await createAgent(endpoint.origin, options)
    opened = { endpoint, agent, signer: createSigner({ region: endpoint.region, service: SERVICES[options.host] }) }
    return opened
  }

  return {
    get opened() {
      return opened
    },
    open() {
      opening ??= openOnce().finally(() => {
        opening = undefined
      })
      return opening
    },
    async close() {
      const last = opened ?? (await opening?.catch(() => undefined))
      await last?.agent.destroy()
    }
  }
}
