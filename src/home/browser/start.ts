/// <reference lib="dom" />
import { leave, showChat, startChat } from './chat.ts'
import { byId, copyOnClick } from './dom.ts'
import { loadModels, showModels } from './models.ts'
import { type SnippetKind, snippet, snippetInput } from './snippets.ts'
import { type DialectName, type HomeState, newState } from './state.ts'
import { watchStatus } from './status.ts'

/** Brings the page to life. */
export async function start(): Promise<void> {
  const state = newState(new URL('v1', document.baseURI).href)
  const onChoice = () => {
    showChat(state)
    showSnippet(state)
  }
  byId('base-url').textContent = state.base
  copyOnClick(byId('copy-base'), () => state.base)
  startKey(state, onChoice)
  byId('search').addEventListener('input', () => showModels(state, onChoice))
  startChat(state)
  startSnippets(state)
  onChoice()
  const status = await watchStatus()
  if (status?.key_required !== false) return
  byId('key-form').hidden = true
  await loadModels(state, onChoice)
}

/** The key lives in this tab's session storage: a reload keeps it, another tab or a closed one does not have it. */
export function startKey(state: HomeState, onChoice: () => void): void {
  const box = byId<HTMLInputElement>('key')
  const use = (key: string) => {
    leave(state)
    state.key = key
    byId('forget').hidden = key === ''
    void loadModels(state, onChoice)
  }
  byId('key-form').addEventListener('submit', (event) => {
    event.preventDefault()
    const key = box.value.trim()
    if (key === '') return
    sessionStorage.setItem('adit-key', key)
    use(key)
  })
  byId('forget').addEventListener('click', () => {
    sessionStorage.removeItem('adit-key')
    location.reload()
  })
  box.value = sessionStorage.getItem('adit-key') ?? ''
  if (box.value !== '') use(box.value)
}

export function startSnippets(state: HomeState): void {
  byId('dialects').addEventListener('change', () => {
    const chosen = document.querySelector<HTMLInputElement>('input[name="dialect"]:checked')
    state.dialect = (chosen?.value ?? 'chat') as DialectName
    showSnippet(state)
  })
  byId('snippet-kinds').addEventListener('change', () => showSnippet(state))
  copyOnClick(byId('copy-snippet'), () => byId('snippet').textContent ?? '')
}

export function showSnippet(state: HomeState): void {
  const chosen = document.querySelector<HTMLInputElement>('input[name="snippet"]:checked')
  byId('snippet').textContent = snippet((chosen?.value ?? 'curl') as SnippetKind, snippetInput(state))
}
