import t from 'tap'
import { asker, NOVA, say } from '../acceptance/asker.ts'

const part = (url: string, more = {}) => ({ type: 'image_url', image_url: { url, ...more } })
const asks = (...parts: object[]) => ({ messages: say([{ type: 'text', text: 'q' }, ...parts]) })

const OUTSIDE = [
  's3://payroll/2026/all.png',
  's3://pictures/other/a.png',
  's3://pictures/teams/a.png',
  's3://pictures/team',
  's3://pictures/team.png',
  's3://pictures/Team/a.png',
  's3://Pictures/team/a.png',
  's3://pictures.evil.example/team/a.png',
  's3://reports',
  's3://reports/',
  's3:///reports/a.png',
  's3://reports@payroll/a.png',
  's3://arn:aws:s3:us-east-1:123456789012:accesspoint/reports/a.png',
  's3://pictures/team/../other/a.png',
  's3://pictures/team/./a.png',
  's3://pictures/team/..',
  's3://pictures/team\\..\\other/a.png',
  's3://pictures/team/%2e%2e/other/a.png',
  's3://pictures/team/..%2fother/a.png',
  's3://pictures/team%2f..%2fother.png',
  's3://pictures/team/%252e%252e/a.png',
  's3://pictures/team/a\u0000.png',
  's3://pictures/team/a\n.png'
]

t.test('S22: media in S3 are refused where the operator names no bucket, whatever FETCH_REMOTE_MEDIA says', async (t) => {
  for (const FETCH_REMOTE_MEDIA of ['true', 'false']) {
    const { ask, stream } = await asker(t, { FETCH_REMOTE_MEDIA })
    for (const send of [ask, stream]) {
      const { status, sent, ...rest } = await send(asks(part('s3://payroll/2026/all.png')))
      t.equal(status, 400)
      t.match(JSON.stringify(rest), /messages\[0\]\.content\[1\]/)
      t.equal(sent, undefined)
    }
  }
})

t.test('S22: only what lies in the operator\u2019s places goes to the model', async (t) => {
  const { ask, stream } = await asker(t, { S3_MEDIA_BUCKETS: 'reports, s3://pictures/team/', FETCH_REMOTE_MEDIA: 'false' })
  for (const uri of OUTSIDE) {
    for (const send of [ask, stream]) {
      const { status, sent } = await send(asks(part(uri)))
      t.equal(status, 400, uri)
      t.equal(sent, undefined)
    }
  }
  for (const uri of [
    's3://reports/a.png',
    's3://reports/x/y..z/a.png',
    's3://pictures/team/a.png',
    's3://pictures/team/b/c.png'
  ]) {
    const { status, sent } = await ask(asks(part(uri)))
    t.equal(status, 200, uri)
    t.match(sent?.messages[0]?.content[1], { image: { source: { s3Location: { uri } } } })
  }
  const capitals = await ask(asks(part('S3://reports/a.png')))
  t.match(capitals.sent?.messages[0]?.content[1], { image: { source: { s3Location: { uri: 's3://reports/a.png' } } } })
})

t.test('S22: so it is for files, videos, sound and tool results', async (t) => {
  const { ask } = await asker(t, { S3_MEDIA_BUCKETS: 'reports' })
  const parts = (bucket: string) => [
    { type: 'file', file: { file_url: `s3://${bucket}/a.pdf` } },
    { type: 'file', file: { file_data: `s3://${bucket}/a.pdf` } },
    { type: 'video_url', video_url: { url: `s3://${bucket}/a.mp4` } }
  ]
  for (const [index, inside] of parts('reports').entries()) {
    t.equal((await ask({ model: NOVA, ...asks(inside) })).status, 200)
    t.equal((await ask({ model: NOVA, ...asks(parts('payroll')[index] ?? {}) })).status, 400)
  }
  const call = { id: 'one', type: 'function', function: { name: 'look', arguments: '{}' } }
  const result = (url: string) => ({ role: 'tool', tool_call_id: 'one', content: [part(url)] })
  const messages = (url: string) => [...say('go'), { role: 'assistant', tool_calls: [call] }, result(url)]
  t.equal((await ask({ messages: messages('s3://reports/a.png') })).status, 200)
  t.equal((await ask({ messages: messages('s3://payroll/a.png') })).status, 400)
})

t.test('S22: the owner of a bucket is an account', async (t) => {
  const { ask } = await asker(t, { S3_MEDIA_BUCKETS: 'reports' })
  const { sent } = await ask(asks(part('s3://reports/a.png', { bucket_owner: '123456789012' })))
  t.match(sent?.messages[0]?.content[1], { image: { source: { s3Location: { bucketOwner: '123456789012' } } } })
  for (const bucket_owner of ['payroll', '12345678901', '123456789012 ']) {
    const { status, body } = await ask(asks(part('s3://reports/a.png', { bucket_owner })))
    t.equal(status, 400)
    t.match(body.error?.param, /bucket_owner$/)
  }
})

t.test('S22: so it is for native fields that name an object', async (t) => {
  const { ask } = await asker(t, { S3_MEDIA_BUCKETS: 'reports' })
  const native = (uri: string) => ({
    additional_model_request_fields: { messages: [{ role: 'user', content: [{ image: { source: { s3Location: { uri } } } }] }] }
  })
  for (const uri of ['s3://payroll/a.png', 'S3://payroll/a.png', ' s3://reports/a.png', 's3://reports/../payroll/a.png']) {
    const { status, body, sent } = await ask(native(uri))
    t.equal(status, 400)
    t.equal(body.error?.param, 'additional_model_request_fields')
    t.equal(sent, undefined)
  }
})
