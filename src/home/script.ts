import * as answer from './browser/answer.ts'
import * as callApi from './browser/call-api.ts'
import * as chat from './browser/chat.ts'
import * as dialects from './browser/dialects.ts'
import * as dom from './browser/dom.ts'
import * as models from './browser/models.ts'
import * as readAnswer from './browser/read-answer.ts'
import * as readEvents from './browser/read-events.ts'
import * as snippets from './browser/snippets.ts'
import * as start from './browser/start.ts'
import * as state from './browser/state.ts'
import * as status from './browser/status.ts'
import * as usage from './browser/usage.ts'

const MODULES = [
  answer,
  callApi,
  chat,
  dialects,
  dom,
  models,
  readAnswer,
  readEvents,
  snippets,
  start,
  state,
  status
] satisfies Modules

type Modules = readonly Readonly<Record<string, (...given: never[]) => unknown>>[]

const OPERATOR_MODULES = [callApi, dom, usage] satisfies Modules

/**
 * The first page's script: the functions of `browser/`, written out as they are, and a call of `start`.
 * So it is type-checked, linted and tested like all else, and needs no bundler and no file beside the compiled output.
 * The price: everything at the top of a file in `browser/` must be an exported function, and names are unique among them.
 */
export function homeScript(): string {
  return written(MODULES, 'start')
}

/** The same of the operator's page. */
export function operatorScript(): string {
  return written(OPERATOR_MODULES, 'startOperator')
}

function written(modules: Modules, start: string): string {
  const functions = modules.flatMap((module) => Object.values(module))
  // Where types were stripped, blanks stand for them: more than any text of the page has in a row.
  const sources = functions.map((each) =>
    each
      .toString()
      .replace(/(?<=\S) {4,}/g, ' ')
      .replace(/[ \t]+$/gm, '')
  )
  return `${sources.join('\n')}\n${start}()\n`
}
