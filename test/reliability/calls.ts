import type { Built } from '../support/helper.ts'

/** The model calls so far: the region of their signature and the model. */
export function calls({ standin }: Pick<Built, 'standin'>): string[] {
  return standin.requests.flatMap(({ modelId, headers }) => {
    const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1]
    return modelId === undefined ? [] : [`${region} ${modelId}`]
  })
}
