import { connect } from 'node:net'
import type { Running } from '../subjects.ts'
import { burstTexts } from '../upstream/answers.ts'
import { aimAt } from './bench-run.ts'

const EVENTS = 500

/** Asks once, whole and as a stream, and compares the text: what is fast and wrong is not measured. Throws with what came instead. */
export async function checkAnswers(running: Running, upstreamPort: number): Promise<void> {
  for (const streaming of [false, true]) {
    const model = `bench.burst-${EVENTS}`
    const { port, request } = aimAt(running, { model, streaming }, upstreamPort)
    const answer = await readAnswer(port, request.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'))
    const text = readText(answer, streaming && running.subject.dialect === 'responses' ? DELTAS : TEXTS)
    if (text !== burstTexts(EVENTS).join('')) {
      const how = streaming ? 'a stream' : 'a whole answer'
      throw new Error(`${running.subject.title} answered something else, asked for ${how}:\n${answer.slice(0, 1500)}`)
    }
  }
}

/** The texts of an answer are the strings behind `"content"` and `"text"`; a stream of Responses tells them once more when they are whole. */
const TEXTS = /"(?:content|text)": ?("(?:[^"\\]|\\.)*")/g
const DELTAS = /"delta": ?("(?:[^"\\]|\\.)*")/g

/** All texts of the answer in order. */
function readText(answer: string, texts: RegExp): string {
  const strings = answer.matchAll(texts)
  return [...strings].map(([, json]) => JSON.parse(json!) as string).join('')
}

function readAnswer(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const pieces: Buffer[] = []
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer within ten seconds')))
    socket.once('error', reject)
    socket.on('data', (bytes) => {
      pieces.push(bytes)
      // The upstream keeps its connections whatever it is told.
      const tail = bytes.subarray(-7).toString('latin1')
      if (tail === '\r\n0\r\n\r\n') socket.end()
      else if (wholeBody(Buffer.concat(pieces))) socket.end()
    })
    socket.once('close', () => resolve(Buffer.concat(pieces).toString('utf8')))
    socket.write(request)
  })
}

function wholeBody(bytes: Buffer): boolean {
  const head = bytes.toString('latin1').split('\r\n\r\n', 1)[0]!
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  return length !== undefined && bytes.length >= head.length + 4 + Number(length)
}
