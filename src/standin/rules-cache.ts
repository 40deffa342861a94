import type { CatalogModel } from './catalog.ts'
import { type Block, blocksOf, type ConverseRequest, turnsOf } from './converse-request.ts'
import { type ExceptionName, invalid, modelRefuses, Refusal } from './refusal.ts'

/** Refuses any cache point where the account may not cache; the service says so as either of two exceptions (B32). */
export function checkCachingAllowed(request: ConverseRequest, exception: ExceptionName | undefined): void {
  const everywhere = [...(request.toolConfig?.tools ?? []), ...(request.system ?? []), ...blocksOf(request)]
  if (exception === undefined || !everywhere.some((item) => item.cachePoint !== undefined)) return
  throw new Refusal(exception, 'You invoked an unsupported model or your request did not allow prompt caching')
}

/** Refuses cache points that the model does not take, too many of them, and those that stand where it takes none. */
export function checkCachePoints(request: ConverseRequest, model: CatalogModel): void {
  const everywhere = [...(request.toolConfig?.tools ?? []), ...(request.system ?? []), ...blocksOf(request)]
  const points = everywhere.filter((item) => item.cachePoint !== undefined)
  if (points.length === 0) return
  const inTools = request.toolConfig?.tools.some((entry) => entry.cachePoint !== undefined) === true
  if (model.cacheMinimum === undefined || (inTools && model.family === 'nova')) {
    invalid("This model doesn't support the cachePoint field. Remove cachePoint and try again.")
  }
  checkPlaces(request, model)
  if (points.length > 4) modelRefuses(`A maximum of 4 blocks with cache_control may be provided. Found ${points.length}.`)
  const ttls = points.map((item) => item.cachePoint?.ttl ?? '5m')
  if (ttls.lastIndexOf('1h') > ttls.indexOf('5m') && ttls.includes('5m')) {
    modelRefuses("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.")
  }
}

function checkPlaces(request: ConverseRequest, { family }: CatalogModel): void {
  for (const [index, { content }] of turnsOf(request).entries()) {
    for (const [at, block] of content.entries()) {
      if (block.cachePoint === undefined) continue
      const before = content[at - 1]
      // Nova: B34. Claude: B33.
      if (family === 'nova' && before?.toolResult !== undefined) {
        modelRefuses(
          `Malformed input request: #/messages/${index}/content/0: extraneous key [cachePoint] is not permitted, please reformat your input and try again.`
        )
      }
      if (family === 'claude' && isReadOut(before)) modelRefuses(`messages.${index}.content.${at}.type: Field required`)
    }
  }
}

/** A document that Bedrock hands to Claude as text: it leaves nothing to hang a cache point on. */
const isReadOut = (block: Block | undefined) => block?.document !== undefined && block.document.format !== 'pdf'
