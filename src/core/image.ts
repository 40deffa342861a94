/** A picture that a caller sends. */
export interface Picture {
  readonly format: 'png' | 'jpeg' | 'webp'
  /** Base64. */
  readonly data: string
}

export type ImageFormat = Picture['format']

/** What the price of a picture may hang on. */
export interface PictureKind {
  /** Width times height; absent: not told. */
  readonly pixels?: number
  /** In the words of the model's body. */
  readonly quality: string
}

/** Pictures to be made. Absent means "the caller did not say". */
export interface ImageRequest {
  /** The model as the caller named it. */
  readonly model: string
  /** `make` from words, `edit` a picture by words, `vary` a picture without any. */
  readonly task: 'make' | 'edit' | 'vary'
  /** Empty where nothing is said. */
  readonly prompt: string
  readonly source?: Picture
  /** White where the source is to be painted anew, black where it stays. */
  readonly mask?: Picture
  readonly count: number
  readonly size?: { readonly width: number; readonly height: number }
  readonly quality?: 'standard' | 'high'
  readonly format?: ImageFormat
  readonly transparent: boolean
  /** For the model's own body, beside what is said above. */
  readonly extraFields: Readonly<Record<string, string | number>>
}
