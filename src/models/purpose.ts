/** What a model is asked for. Names of others that are none of Bedrock's mean another default for each. */
export type Purpose = 'chat' | 'embedding' | 'image' | 'rerank'
