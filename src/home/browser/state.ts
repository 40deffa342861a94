/** The languages in which a model can be asked. */
export type DialectName = 'chat' | 'responses' | 'messages'

/** A model as `GET /v1/models` lists it. */
export interface Model {
  readonly id: string
  readonly name?: string
  readonly owned_by?: string
  readonly base_model?: string
  readonly input_modalities?: readonly string[]
  readonly output_modalities?: readonly string[]
  readonly lifecycle?: string
  readonly resolves_to?: readonly string[]
}

export interface Message {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

/** What the page knows; one object, made once, handed to every function that needs it. */
export interface HomeState {
  /** Ends in `/v1`. */
  readonly base: string
  key: string
  /** The language that the chat and the snippets speak. */
  dialect: DialectName
  models: readonly Model[]
  model: Model
  history: readonly Message[]
  /** The answer that is being read. */
  running: AbortController | undefined
}

/** Before a key is given: any OpenAI name stands for the gateway's default model. */
export function newState(base: string): HomeState {
  return { base, key: '', dialect: 'chat', models: [], model: { id: 'gpt-4o' }, history: [], running: undefined }
}

/** Whether the model makes vectors. */
export function makesVectors(model: Model): boolean {
  return model.output_modalities?.includes('embedding') ?? false
}

/** Whether the model writes text; where no list tells, it is tried. */
export function writesText(model: Model): boolean {
  return model.output_modalities?.includes('text') ?? true
}
