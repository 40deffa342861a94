import t from 'tap'
import type { Json } from '../../../src/core/json.ts'
import { decode, decodeTurns, refusal } from './decode.ts'

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk'
const JPEG = '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBD'
const WEBP = btoa('RIFF\x10\x00\x00\x00WEBPVP8 ')
const PDF = btoa('%PDF-1.7\n1 0 obj\n')
const MP4 = btoa('\x00\x00\x00\x18ftypmp42\x00\x00')

const base64 = (data: string) => ({ type: 'base64', data })
const picture = (format: string, data: string) => ({ type: 'image', format, source: base64(data) })
const image = (url: string) => ({ type: 'image_url', image_url: { url } })
const file = (fields: object) => ({ type: 'file', file: fields }) as Json

const READ: readonly (readonly [name: string, part: Json, block: object])[] = [
  ['I1 image/jpg as jpeg', image(`data:image/jpg;base64,${JPEG}`), picture('jpeg', JPEG)],
  ['I1 image/PNG in capitals', image(`data:image/PNG;base64,${PNG}`), picture('png', PNG)],
  ['I1 parameters before base64', image(`data:image/png;charset=utf-8;base64,${PNG}`), picture('png', PNG)],
  ['I1 the type of the bytes, not the declared one', image(`data:image/png;base64,${JPEG}`), picture('jpeg', JPEG)],
  ['a data URL without a type', image(`data:;base64,${WEBP}`), picture('webp', WEBP)],
  ['the scheme in capitals', image(`DATA:image/png;base64,${PNG}`), picture('png', PNG)],
  ['line breaks in base64', image(`data:image/png;base64,${PNG.slice(0, 20)}\n${PNG.slice(20)}`), picture('png', PNG)],
  ['the URL alphabet', image(`data:image/jpeg;base64,${JPEG.replaceAll('/', '_')}`), picture('jpeg', JPEG)],
  ['padding in percent', image(`data:image/webp;base64,${WEBP.replaceAll('=', '%3D')}`), picture('webp', WEBP)],
  [
    'bytes that are no UTF-8, in percent',
    file({ file_data: 'data:text/plain,caf%E9%20100%' }),
    { type: 'document', format: 'txt', source: base64(btoa('caf\xe9 100%')) }
  ],
  ['missing padding', image(`data:image/webp;base64,${WEBP.replace(/=+$/, '')}`), picture('webp', WEBP)],
  ['image_url as a plain string', { type: 'image_url', image_url: `data:image/png;base64,${PNG}` }, picture('png', PNG)],
  [
    'an http URL, unfetched',
    image('http://a.b/c.png'),
    { type: 'image', source: { type: 'url', url: 'http://a.b/c.png', byBytes: true } }
  ],
  [
    'an s3 URL',
    image('s3://bucket/key.jpg'),
    { type: 'image', format: 'jpeg', source: { type: 's3', uri: 's3://bucket/key.jpg' } }
  ],
  [
    "an s3 URL of another account's bucket",
    { type: 'image_url', image_url: { url: 's3://b/k.png', bucket_owner: '123456789012' } },
    { type: 'image', format: 'png', source: { type: 's3', uri: 's3://b/k.png', bucketOwner: '123456789012' } }
  ],
  [
    'a PDF where a picture should be',
    image(`data:application/pdf;base64,${PDF}`),
    { type: 'document', format: 'pdf', source: base64(PDF) }
  ],
  [
    'M12 a PDF file, its name as it came',
    file({ file_data: `data:application/pdf;base64,${PDF}`, filename: 'a b?.pdf' }),
    { type: 'document', format: 'pdf', name: 'a b?.pdf', source: base64(PDF) }
  ],
  [
    'a file as base64 alone',
    file({ file_data: PDF, filename: 'x.pdf' }),
    { type: 'document', format: 'pdf', name: 'x.pdf', source: base64(PDF) }
  ],
  [
    'a text file',
    file({ file_data: 'data:text/plain;base64,aGk=' }),
    { type: 'document', format: 'txt', source: base64('aGk=') }
  ],
  [
    'a text file that is not base64',
    file({ file_data: 'data:text/plain,h%C3%A9' }),
    { type: 'document', format: 'txt', source: base64('aMOp') }
  ],
  [
    'a table by its name',
    file({ file_data: 'data:text/plain;base64,aGk=', filename: 'a.csv' }),
    { type: 'document', format: 'csv', name: 'a.csv', source: base64('aGk=') }
  ],
  [
    'a program as text',
    file({ file_data: 'data:application/octet-stream;base64,aGk=', filename: 'a.py' }),
    { type: 'document', format: 'txt', name: 'a.py', source: base64('aGk=') }
  ],
  ['a picture sent as a file', file({ file_data: `data:image/png;base64,${PNG}` }), picture('png', PNG)],
  [
    'a file by its URL',
    file({ file_data: 'https://a.b/c.pdf?x=1' }),
    { type: 'document', format: 'pdf', source: { type: 'url', url: 'https://a.b/c.pdf?x=1' } }
  ],
  [
    'a document with citations',
    { type: 'file', file: { file_data: PDF }, citations: { enabled: true }, context: 'about' },
    { type: 'document', format: 'pdf', source: base64(PDF), citations: true, context: 'about' }
  ],
  [
    'audio',
    { type: 'input_audio', input_audio: { data: 'SUQzBAAA', format: 'mp3' } },
    { type: 'audio', format: 'mp3', source: base64('SUQzBAAA') }
  ],
  [
    'raw audio, which has no mark of its own',
    { type: 'input_audio', input_audio: { data: 'AAAA', format: 'pcm16' } },
    { type: 'audio', format: 'pcm', source: base64('AAAA') }
  ],
  [
    'a video',
    { type: 'video_url', video_url: { url: `data:video/mp4;base64,${MP4}` } },
    { type: 'video', format: 'mp4', source: base64(MP4) }
  ],
  [
    'a video in S3',
    { type: 'video_url', video_url: { url: 's3://b/k.3gp' } },
    { type: 'video', format: 'three_gp', source: { type: 's3', uri: 's3://b/k.3gp' } }
  ]
]

for (const [name, part, block] of READ) {
  t.test(`reads ${name}`, async (t) => {
    t.strictSame(decodeTurns({ role: 'user', content: [part] }).turns, [{ role: 'user', content: [block] }])
  })
}

const AT = 'messages[0].content[0]'
const SVG = btoa('<svg xmlns="http://www.w3.org/2000/svg"/>')

const REFUSED: readonly (readonly [name: string, part: Json, kind: string, param: string])[] = [
  ['I1 svg', image(`data:image/svg+xml;base64,${SVG}`), 'invalid_image', `${AT}.image_url.url`],
  ['F42: a page as a picture', image(`data:text/html;base64,${btoa('<html>')}`), 'invalid_image', `${AT}.image_url.url`],
  ['F42: an error as a picture', image('data:application/json,{"error":1}'), 'invalid_image', `${AT}.image_url.url`],
  ['F42: a PDF that says it is a picture', image(`data:image/png;base64,${PDF}`), 'invalid_image', `${AT}.image_url.url`],
  ['F42: a PDF that says nothing', image(`data:;base64,${PDF}`), 'invalid_image', `${AT}.image_url.url`],
  [
    'F42: a page as a video',
    { type: 'video_url', video_url: { url: `data:text/html;base64,${btoa('<html>')}` } },
    'invalid_value',
    `${AT}.video_url.url`
  ],
  [
    'F42: a page that says it is a film',
    image(`data:video/mp4;base64,${btoa('\n<!doctype html>')}`),
    'invalid_image',
    `${AT}.image_url.url`
  ],
  [
    'F42: an error that says it is a film',
    { type: 'video_url', video_url: { url: `data:video/mp4;base64,${btoa('{"error":1}')}` } },
    'invalid_value',
    `${AT}.video_url.url`
  ],
  [
    'F42: a PDF as a sound',
    { type: 'audio_url', audio_url: { url: `data:application/pdf;base64,${PDF}` } },
    'invalid_value',
    `${AT}.audio_url.url`
  ],
  ['padding inside base64', image(`data:image/png;base64,iVBO=Rw0KGgo`), 'invalid_image', `${AT}.image_url.url`],
  ['broken base64', image('data:image/png;base64,$$$'), 'invalid_image', `${AT}.image_url.url`],
  ['empty data', image('data:image/png;base64,'), 'invalid_image', `${AT}.image_url.url`],
  ['a data URL without a comma', image('data:image/png;base64'), 'invalid_image', `${AT}.image_url.url`],
  ['I2 a file URL', image('file:///etc/passwd'), 'invalid_value', `${AT}.image_url.url`],
  ['an empty URL', image(''), 'invalid_value', `${AT}.image_url.url`],
  ['a picture without URL', { type: 'image_url', image_url: {} }, 'missing_parameter', `${AT}.image_url.url`],
  ['a file by id', file({ file_id: 'file-1' }), 'unsupported_parameter', `${AT}.file.file_id`],
  ['a file without data', file({ filename: 'a.pdf' }), 'missing_parameter', `${AT}.file.file_data`],
  [
    'a file of an unknown type',
    file({ file_data: 'data:application/zip;base64,UEsDBA==' }),
    'invalid_value',
    `${AT}.file.file_data`
  ],
  [
    'audio of an unknown format',
    { type: 'input_audio', input_audio: { data: 'AAAA', format: 'midi' } },
    'invalid_value',
    `${AT}.input_audio.format`
  ]
]

for (const [name, part, kind, param] of REFUSED) {
  t.test(`refuses ${name} and names ${param}`, async (t) => {
    const error = refusal({ messages: [{ role: 'user', content: [part] }] })
    t.strictSame([error.kind, error.param], [kind, param])
  })
}

t.test('twenty megabytes of base64 are read in well under a second', async (t) => {
  const before = process.cpuUsage()
  decode({ messages: [{ role: 'user', content: [image(`data:image/png;base64,${PNG}${'A'.repeat(20 << 20)}`)] }] })
  const { user, system } = process.cpuUsage(before)
  t.ok(user + system < 1_500_000, 'less than a second and a half of processor time')
})
