/// <reference lib="dom" />
import { callApi, failureCard, noReply, readFailure } from './call-api.ts'
import { byId, make } from './dom.ts'
import { type HomeState, type Model, writesText } from './state.ts'

/** Lists the models of this key; `onChoice` runs whenever one is chosen, also by the page itself. */
export async function loadModels(state: HomeState, onChoice: () => void): Promise<void> {
  const { key } = state
  const note = byId('models-note')
  note.replaceChildren('Loading…')
  const { models, failure } = await fetchModels(state)
  if (state.key !== key) return // another key was typed meanwhile
  state.models = models
  note.replaceChildren(failure ?? (models.length > 0 ? '' : 'This key may use no model, or none can be listed yet.'))
  if (models.length > 0) state.model = await preferredModel(state)
  showModels(state, onChoice)
  showChosenRow()
  onChoice()
}

export async function fetchModels(
  state: HomeState
): Promise<{ readonly models: readonly Model[]; readonly failure?: HTMLElement }> {
  try {
    const response = await callApi(state, 'models')
    if (!response.ok) return { models: [], failure: failureCard(await readFailure(response)) }
    const { data } = (await response.json()) as { data: Model[] }
    return { models: data }
  } catch (error) {
    return { models: [], failure: failureCard(noReply(error)) }
  }
}

/** The one already chosen if this key may use it, else the gateway's default, else the first that writes text. */
export async function preferredModel(state: HomeState): Promise<Model> {
  const find = (id: string | undefined) => state.models.find((model) => model.id === id)
  const chosen = find(state.model.id)
  if (chosen !== undefined) return chosen
  const target = await defaultModelId(state)
  return find(target) ?? state.models.find(writesText) ?? state.model
}

/** What OpenAI's names stand for here. */
export async function defaultModelId(state: HomeState): Promise<string | undefined> {
  try {
    const response = await callApi(state, 'models/gpt-4o')
    const card = (await response.json()) as Partial<Model>
    return card.resolves_to?.[0]
  } catch {
    return undefined
  }
}

/** Whether every word of the search is somewhere in what the table shows of a model. */
export function matchesSearch(model: Model, search: string): boolean {
  const shown = [model.id, model.name, model.owned_by, model.base_model, model.lifecycle, modalities(model)]
    .join(' ')
    .toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => shown.includes(word))
}

/** Fills the table with the models that the search lets through. */
export function showModels(state: HomeState, onChoice: () => void): void {
  const search = byId<HTMLInputElement>('search').value.trim()
  const found = state.models.filter((model) => matchesSearch(model, search))
  byId('models-table').hidden = state.models.length === 0
  byId('search').hidden = state.models.length === 0
  byId('models-count').textContent = state.models.length === 0 ? '' : `${found.length} of ${state.models.length}`
  byId('models-rows').replaceChildren(
    ...(found.length > 0 ? found.map((model) => modelRow(state, model, onChoice)) : [noRow(search)])
  )
}

/** What stands in the table when the search lets nothing through. */
export function noRow(search: string): HTMLElement {
  const cell = make('td', 'note', `No model fits “${search}”. A model that is not listed can still be called by its id or ARN.`)
  cell.colSpan = 2
  return make('tr', '', cell)
}

/** Scrolls the table, and not the page, to the chosen model. */
export function showChosenRow(): void {
  const row = document.querySelector<HTMLElement>('#models-rows tr:has(:checked)')
  if (row === null) return
  const table = byId('models-table')
  table.scrollTop += row.getBoundingClientRect().top - table.getBoundingClientRect().top - table.clientHeight / 3
}

export function modelRow(state: HomeState, model: Model, onChoice: () => void): HTMLElement {
  const radio = make('input', '')
  radio.type = 'radio'
  radio.name = 'model'
  radio.checked = model.id === state.model.id
  radio.addEventListener('change', () => {
    state.model = model
    onChoice()
  })
  const name = model.name !== undefined && model.name !== model.id ? [make('span', 'model-name', model.name)] : []
  const label = make('label', '', radio, make('span', 'model-words', ...name, make('code', '', model.id)))
  const lifecycle = model.lifecycle ?? ''
  const life = lifecycle === '' ? [] : [make('span', lifecycle === 'active' ? 'badge' : 'badge late', lifecycle)]
  return make('tr', '', make('td', '', label), make('td', 'facts', make('span', '', modalities(model)), ...life))
}

/** `text, image → text`; empty when no list tells. */
export function modalities(model: Model): string {
  const given = [model.input_modalities, model.output_modalities].map((list) => list?.join(', ') ?? '')
  return given.every((list) => list === '') ? '' : given.join(' → ')
}
