/** The events of a stream whose frames name them; each must name its event as its data does. Comments are left out. */
export function namedFrames<T extends { readonly type: string }>(text: string): T[] {
  return text.split('\n\n').flatMap((frame) => {
    if (frame === '' || frame.startsWith(':')) return []
    const [, name, data] = /^event: ([\w.]+)\ndata: (.*)$/s.exec(frame) ?? []
    const event = JSON.parse(data ?? 'null') as T | null
    if (event === null || event.type !== name) throw new Error(`the frame ${frame.slice(0, 100)} does not name its event`)
    return [event]
  })
}
