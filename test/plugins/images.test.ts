import OpenAI, { toFile } from 'openai'
import { PNG } from 'pngjs'
import t from 'tap'
import { build, KEY, lastCall } from '../support/helper.ts'

const CORE = 'stability.stable-image-core-v1:1'
const ULTRA = 'stability.stable-image-ultra-v1:1'
const SD35 = 'stability.sd3-5-large-v1:0'
const INPAINT = 'us.stability.stable-image-inpaint-v1:0'
const TITAN = 'amazon.titan-image-generator-v2:0'

/** A picture of two pixels; the first is as transparent as it is told. */
function png(alpha: number): Buffer {
  const picture = new PNG({ width: 2, height: 1 })
  picture.data.set([10, 20, 30, alpha, 40, 50, 60, 255])
  return PNG.sync.write(picture)
}

const MADE: readonly (readonly [asked: object, called: string, body: object, dropped: string | null])[] = [
  [{ model: CORE }, CORE, { prompt: 'a rock', output_format: 'png' }, null],
  [{ model: 'gpt-image-1', size: '1024x1024', quality: 'auto', moderation: 'auto' }, CORE, { aspect_ratio: '1:1' }, null],
  [
    { model: 'dall-e-3', size: '1792x1024', quality: 'hd', style: 'vivid' },
    CORE,
    { aspect_ratio: '16:9' },
    'style, size, quality'
  ],
  [
    { size: '1024x1536', output_format: 'jpeg', background: 'transparent' },
    CORE,
    { aspect_ratio: '2:3', output_format: 'jpeg' },
    'size, background'
  ],
  [{ model: ULTRA, negative_prompt: 'trees', seed: 5, user: 'me' }, ULTRA, { negative_prompt: 'trees', seed: 5 }, 'user'],
  [{ model: SD35, size: 'auto' }, SD35, { prompt: 'a rock' }, null],
  [
    { model: TITAN, size: '1024x1024', quality: 'hd' },
    TITAN,
    {
      taskType: 'TEXT_IMAGE',
      textToImageParams: { text: 'a rock' },
      imageGenerationConfig: { width: 1024, height: 1024, quality: 'premium' }
    },
    null
  ],
  [
    { model: TITAN, size: '1792x1024' },
    TITAN,
    { imageGenerationConfig: { width: 1408, height: 768, quality: 'standard' } },
    'size'
  ]
]

t.test('pictures are made in each family’s words, and what it has no place for is told', async (t) => {
  const { post, standin } = await build(t)
  for (const [asked, called, body, dropped] of MADE) {
    const response = await post('/v1/images/generations', { prompt: 'a rock', response_format: 'b64_json', ...asked })
    const answer = (await response.json()) as { created: number; data: { b64_json: string }[] }
    t.equal(response.status, 200, JSON.stringify(answer))
    t.match(answer, { created: Number, data: [{ b64_json: /^(iVBOR|\/9j\/)/ }] })
    t.equal(lastCall(standin)?.modelId, called)
    t.match(lastCall(standin)?.body, body, JSON.stringify(asked))
    t.equal(response.headers.get('x-adit-dropped'), dropped, JSON.stringify(asked))
  }
})

t.test('openai-node makes several pictures, and reads them as base64 or as addresses', async (t) => {
  const { openai, standin, post } = await build(t)
  const made = await openai.images.generate({ model: 'gpt-image-1', prompt: 'a rock', n: 3 })
  t.equal(made.data?.length, 3)
  t.ok(made.data?.every(({ b64_json, url }) => b64_json?.startsWith('iVBOR') && url === undefined))
  t.equal(standin.requests.filter(({ modelId }) => modelId === CORE).length, 3, 'a model of one picture is called for each')
  const older = await openai.images.generate({ model: 'dall-e-3', prompt: 'a rock' })
  t.match(older.data?.[0]?.url, /^data:image\/png;base64,iVBOR/)
  const titan = await openai.images.generate({ model: TITAN, prompt: 'a rock', n: 7 })
  t.equal(titan.data?.length, 7)
  t.strictSame(
    standin.requests
      .filter(({ modelId }) => modelId === TITAN)
      .map(({ body }) => (body as { imageGenerationConfig: { numberOfImages: number } }).imageGenerationConfig.numberOfImages)
      .sort(),
    [2, 5]
  )
  const priced = await post('/v1/images/generations', { model: CORE, prompt: 'a rock', n: 2 })
  t.equal(priced.headers.get('x-adit-cost'), '0.08')
})

t.test('openai-node edits and varies: with a mask by inpainting, without by image to image', async (t) => {
  const { openai, standin } = await build(t)
  const image = await toFile(png(255), 'rock.png', { type: 'image/png' })
  const edited = await openai.images.edit({ model: 'gpt-image-1', image, prompt: 'make it red', n: 2, size: '1024x1024' })
  t.equal(edited.data?.length, 2)
  t.equal(lastCall(standin)?.modelId, SD35)
  t.match(lastCall(standin)?.body, {
    mode: 'image-to-image',
    image: png(255).toString('base64'),
    prompt: 'make it red',
    strength: 0.7
  })
  const mask = await toFile(png(0), 'mask.png', { type: 'image/png' })
  t.equal((await openai.images.edit({ image: [image], mask, prompt: 'a tree' })).data?.length, 1)
  t.equal(lastCall(standin)?.modelId, INPAINT)
  const sent = PNG.sync.read(Buffer.from(String(Object(lastCall(standin)?.body).mask), 'base64'))
  t.strictSame([...sent.data], [255, 255, 255, 255, 0, 0, 0, 255], 'white where the mask was transparent')
  const varied = await openai.images.createVariation({ image, model: 'dall-e-2' })
  t.match(varied.data?.[0]?.url, /^data:image\//)
  t.match(lastCall(standin)?.body, { mode: 'image-to-image', prompt: /version/ })
  await openai.images.edit({ model: 'us.stability.stable-image-remove-background-v1:0', image, prompt: 'none' })
  t.strictSame(lastCall(standin)?.body, { image: png(255).toString('base64'), output_format: 'png' })
})

t.test('edits come as JSON with data URLs too, and as forms with numbers and the fields of a model', async (t) => {
  const { base, post, standin } = await build(t)
  const url = `data:image/png;base64,${png(255).toString('base64')}`
  t.equal((await post('/v1/images/edits', { model: ULTRA, image: url, prompt: 'red', strength: 0.2 })).status, 200)
  t.match(lastCall(standin)?.body, { strength: 0.2 })
  const form = new FormData()
  form.set('image[]', new Blob([new Uint8Array(png(255))], { type: 'image/png' }), 'a.png')
  for (const [name, value] of Object.entries({ prompt: 'a dog', n: '2', search_prompt: 'cat', seed: '3' })) form.set(name, value)
  form.set('model', 'us.stability.stable-image-search-replace-v1:0')
  const response = await fetch(`${base}/v1/images/edits`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}` },
    body: form
  })
  t.equal(((await response.json()) as { data: unknown[] }).data.length, 2)
  t.match(lastCall(standin)?.body, { prompt: 'a dog', search_prompt: 'cat' })
  const calls = standin.requests.filter(({ operation }) => operation === 'InvokeModel').slice(-2)
  const seeds = calls.map(({ body }) => (body as { seed: number }).seed)
  t.strictSame(seeds.sort(), [3, 4], 'two pictures of one seed would be one picture twice')
})

t.test('a picture that is held back is OpenAI’s error, a model that is gone names one that is there', async (t) => {
  const { openai, post } = await build(t)
  await t.rejects(openai.images.generate({ prompt: 'GUARDRAIL-BLOCK' }), {
    status: 400,
    code: 'moderation_blocked',
    type: 'image_generation_user_error'
  })
  const gone = await post('/v1/images/generations', { model: 'amazon.nova-canvas-v1:0', prompt: 'a rock' })
  t.equal(gone.status, 404)
  t.match(await gone.json(), {
    error: { code: 'model_not_found', param: 'model', message: /end of its life.*stability\.stable-image-core/ }
  })
})

const REFUSED: readonly (readonly [path: string, body: object, param: string, status?: number])[] = [
  ['generations', {}, 'prompt'],
  ['generations', { prompt: 'a', model: 'no-such-model' }, 'model', 404],
  ['generations', { prompt: 'a', n: 0 }, 'n'],
  ['generations', { prompt: 'a', n: 11 }, 'n'],
  ['generations', { prompt: 'a', n: '2' }, 'n'],
  ['generations', { prompt: 'a', size: 'large' }, 'size'],
  ['generations', { prompt: 'a', quality: 'best' }, 'quality'],
  ['generations', { prompt: 'a', response_format: 'path' }, 'response_format'],
  ['generations', { prompt: 'a', stream: true }, 'stream'],
  ['generations', { prompt: 'a', model: 'amazon.nova-lite-v1:0' }, 'model'],
  ['generations', { prompt: 'a', model: INPAINT }, 'model'],
  ['edits', { prompt: 'a' }, 'image'],
  ['edits', { prompt: 'a', image: 'rock.png' }, 'image'],
  ['edits', { prompt: 'a', image: 'data:text/plain;base64,aGFsbG8=' }, 'image'],
  ['edits', { prompt: 'a', model: CORE, image: `data:image/png;base64,${png(1).toString('base64')}` }, 'model'],
  ['edits', { image: `data:image/png;base64,${png(1).toString('base64')}` }, 'prompt'],
  [
    'edits',
    { prompt: 'a', image: `data:image/png;base64,${png(1).toString('base64')}`, mask: 'data:image/png;base64,iVBORw0KGgo=' },
    'mask'
  ],
  ['variations', {}, 'image']
]

t.test('what cannot be made is refused and named', async (t) => {
  const { base, post } = await build(t)
  for (const [path, body, param, status = 400] of REFUSED) {
    const response = await post(`/v1/images/${path}`, body)
    t.equal(response.status, status, `${path} ${JSON.stringify(body)}`)
    t.equal(((await response.json()) as { error: { param: string } }).error.param, param, `${path} ${JSON.stringify(body)}`)
  }
  const broken = await fetch(`${base}/v1/images/edits`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'multipart/form-data; boundary=x' },
    body: '--x\r\nbroken'
  })
  t.equal(broken.status, 400)
  const unkeyed = await fetch(`${base}/v1/images/edits`, { method: 'POST', body: new FormData() })
  t.equal(unkeyed.status, 401)
})

t.test('Azure’s path names the model, also of a form, and a form is as large as a body may be', async (t) => {
  const { base, standin } = await build(t, { MAX_BODY_BYTES: '200000' })
  const azure = new OpenAI({ baseURL: `${base}/openai/deployments/${ULTRA}`, apiKey: KEY, maxRetries: 0 })
  const image = await toFile(png(255), 'rock.png')
  t.equal((await azure.images.edit({ model: 'x', image, prompt: 'red' })).data?.length, 1)
  t.equal(lastCall(standin)?.modelId, ULTRA)
  const form = `--x\r\ncontent-disposition: form-data; name="image"; filename="a.png"\r\n\r\n${'a'.repeat(300_000)}\r\n--x--\r\n`
  const large = await fetch(`${base}/v1/images/edits`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'multipart/form-data; boundary=x' },
    body: form
  })
  t.equal(large.status, 413)
})

t.test('naive bodies are refused by the stand-in, as by Bedrock', async (t) => {
  const { standin } = await build(t, {}, { auth: 'off' })
  const invoke = async (model: string, body: object) =>
    (await fetch(`${standin.url}/model/${model}/invoke`, { method: 'POST', body: JSON.stringify(body) })).status
  t.equal(await invoke(CORE, { prompt: 'a', n: 2 }), 400)
  t.equal(await invoke(CORE, { prompt: 'a', size: '1024x1024' }), 400)
  t.equal(await invoke(CORE, { prompt: 'a', image: 'AAAA' }), 400)
  t.equal(await invoke(SD35, { prompt: 'a', image: 'AAAA', strength: 0.5 }), 400, 'no mode')
  t.equal(await invoke(TITAN, { prompt: 'a' }), 400)
  t.equal(await invoke('stability.stable-image-inpaint-v1:0', { prompt: 'a', image: 'AAAA' }), 400, 'a profile is needed')
})
