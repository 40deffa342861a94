/// <reference lib="dom" />

/** The element with this id. Every id the script asks for is in page.ts, which a test checks. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`the page has no #${id}`)
  return element as T
}

/** A new element. Strings become text, never markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  if (className !== '') element.className = className
  element.append(...children)
  return element
}

/** Says something to screen readers without showing it. */
export function announce(text: string): void {
  byId('announce').textContent = text
}

/** Makes a button copy what `text` gives at the time of the press. */
export function copyOnClick(button: HTMLElement, text: () => string): void {
  const label = button.textContent
  button.addEventListener('click', async () => {
    const copied = await copyText(text())
    button.textContent = copied ? 'Copied' : 'Select and copy'
    announce(copied ? 'Copied' : 'Copying is not possible here')
    setTimeout(() => {
      button.textContent = label
    }, 1600)
  })
}

/** Puts text on the clipboard. Pages on plain HTTP have no clipboard API, so the old command stands in there. */
export async function copyText(text: string): Promise<boolean> {
  try {
    if (window.isSecureContext) {
      await navigator.clipboard.writeText(text)
      return true
    }
  } catch {
    // not permitted: the old way may be
  }
  const area = make('textarea', 'off-screen')
  area.value = text
  const focused = document.activeElement
  document.body.append(area)
  area.select()
  const copied = document.execCommand('copy')
  area.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return copied
}
