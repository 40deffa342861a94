import { build, KEY } from '../support/helper.ts'
import { type Recorder, startRecorder } from './start-recorder.ts'

export { KEY } from '../support/helper.ts'

type Built = Awaited<ReturnType<typeof build>>

export interface Front extends Pick<Built, 'standin'> {
  /** Where a client goes: the recorder before the gateway. */
  readonly base: string
  readonly seen: Recorder['seen']
  close(): Promise<void>
}

/** The stand-in, the gateway and the recorder, all on loopback. */
export async function startFront(env: Record<string, string> = {}): Promise<Front> {
  const endings: (() => unknown)[] = []
  const teardown = (end: () => unknown) => {
    endings.unshift(end)
  }
  const { standin, base } = await build({ teardown }, { API_KEY: KEY, ...env })
  const recorder = await startRecorder(base)
  return {
    standin,
    base: recorder.base,
    seen: recorder.seen,
    async close() {
      await recorder.close()
      for (const end of endings) await end()
    }
  }
}
