import { invalid } from './refusal.ts'

export function embed(
  _body: Record<string, unknown>,
  _modelId: string,
  _requestId: string
): { response: unknown; tokens: number } {
  return invalid('not yet')
}
