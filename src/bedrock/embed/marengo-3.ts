import { member } from '../../core/json.ts'
import { type EmbedCodec, imageOf, only, textOf } from './codec.ts'

/** TwelveLabs Marengo Embed 3: one text or one image per call, 512 numbers. Video and audio only go the asynchronous way. */
export const MARENGO_3: EmbedCodec = {
  dimensions: [512],
  textsPerCall: 1,
  images: 'alone',
  truncates: false,
  encode: (inputs) => {
    const input = only(inputs)
    const image = imageOf(input)
    return image === undefined
      ? { inputType: 'text', text: { inputText: textOf(input) } }
      : { inputType: 'image', image: { mediaSource: { base64String: image.data } } }
  },
  vectors: (body) => {
    const { data } = body
    return Array.isArray(data) ? data.map((entry) => member(entry, 'embedding') ?? null) : undefined
  }
}
