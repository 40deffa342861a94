/// <reference lib="dom" />
import { type Answer, type AnswerView, newAnswer } from './answer.ts'
import { callApi, type Failure, failureCard, noReply, readFailure } from './call-api.ts'
import { dialectBody, dialectPath } from './dialects.ts'
import { announce, byId, make } from './dom.ts'
import { describeAnswer, readAnswer } from './read-answer.ts'
import { type HomeState, writesText } from './state.ts'

export interface TurnView extends AnswerView {
  readonly startedAt: number
  end(note: string, failure?: Failure): void
}

/** Wires the chat box: Enter sends, Shift+Enter is a new line, Esc stops. */
export function startChat(state: HomeState): void {
  const form = byId<HTMLFormElement>('chat-form')
  const box = byId<HTMLTextAreaElement>('message')
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const text = box.value.trim()
    if (text === '' || state.running !== undefined || !writesText(state.model)) return
    box.value = ''
    box.focus()
    void ask(state, text)
  })
  box.addEventListener('keydown', (event) => {
    // an Enter that ends the choice of a character (IME) must not send
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    form.requestSubmit()
  })
  byId('stop').addEventListener('click', () => stop(state))
  byId('new-chat').addEventListener('click', () => {
    leave(state)
    state.history = []
    byId('turns').replaceChildren()
    showChat(state)
    box.focus()
  })
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') stop(state)
  })
}

/** Stops the answer that is being read; what has come stays, also in the history. */
export function stop(state: HomeState): void {
  state.running?.abort()
}

/** Stops it and forgets it. */
export function leave(state: HomeState): void {
  stop(state)
  state.running = undefined
}

/** Sends one message and shows the answer as it comes. A turn that failed stays in view, is no history, and its message is put back to be sent again. */
export async function ask(state: HomeState, text: string): Promise<void> {
  const running = new AbortController()
  state.running = running
  const turn = openTurn(text, state.model.id)
  const answer = newAnswer()
  const messages = [...state.history, { role: 'user' as const, content: text }]
  showChat(state)
  const failure = await converse(state, messages, { answer, turn, signal: running.signal })
  answer.totalMs = performance.now() - turn.startedAt
  const note = `${running.signal.aborted ? 'Stopped · ' : ''}${describeAnswer(answer)}`
  turn.end(note, failure)
  announce(failure === undefined ? note : '')
  if (state.running !== running) return
  state.running = undefined
  const box = byId<HTMLTextAreaElement>('message')
  if (failure !== undefined && box.value === '') box.value = text
  if (failure === undefined && answer.content !== '') {
    state.history = [...messages, { role: 'assistant', content: answer.content }]
  }
  showChat(state)
}

export async function converse(
  state: HomeState,
  messages: HomeState['history'],
  run: { readonly answer: Answer; readonly turn: TurnView; readonly signal: AbortSignal }
): Promise<Failure | undefined> {
  const { dialect } = state
  try {
    const response = await callApi(state, dialectPath(dialect), {
      method: 'POST',
      body: JSON.stringify(dialectBody(dialect, state.model.id, messages)),
      signal: run.signal
    })
    return response.ok ? await readAnswer(response, dialect, run.answer, run.turn) : await readFailure(response)
  } catch (error) {
    return run.signal.aborted ? undefined : noReply(error)
  }
}

/** Shows a question and the place where its answer grows. */
export function openTurn(text: string, model: string): TurnView {
  const content = document.createTextNode('')
  const reasoning = document.createTextNode('')
  const thoughts = make('details', 'reasoning', make('summary', '', 'Reasoning'), make('div', 'text', reasoning))
  const note = make('p', 'fine', 'Waiting for the first token…')
  const answer = make('div', 'answer', make('p', 'who', model), thoughts, make('div', 'text', content), note)
  thoughts.open = true
  thoughts.hidden = true
  answer.setAttribute('aria-busy', 'true')
  byId('turns').append(make('article', 'turn', make('div', 'question text', text), answer))
  return {
    startedAt: performance.now(),
    content(delta) {
      content.appendData(delta)
      note.textContent = 'Answering…'
    },
    reasoning(delta) {
      thoughts.hidden = false
      reasoning.appendData(delta)
      note.textContent = 'Reasoning…'
    },
    end(words, failure) {
      note.textContent = words
      if (failure !== undefined) note.before(failureCard(failure))
      answer.removeAttribute('aria-busy')
    }
  }
}

/** Brings the chat's controls in line with what can be done now. */
export function showChat(state: HomeState): void {
  const running = state.running !== undefined
  const can = writesText(state.model)
  byId('chat-model').textContent = state.model.id
  byId('stop').hidden = !running
  byId('send').hidden = running
  byId<HTMLButtonElement>('send').disabled = !can
  byId('new-chat').hidden = byId('turns').childElementCount === 0
  byId('chat-hint').textContent = can
    ? 'Enter sends, Shift+Enter starts a new line, Esc stops.'
    : 'This model writes no text. Choose another to chat; the snippets below fit this one.'
}
