import { Ajv } from 'ajv'
import t from 'tap'
import { encodeError, encodeErrorFrame } from '../../../src/dialects/openai/encode-error.ts'
import { fieldPath, schemaError } from '../../../src/dialects/openai/schema-error.ts'
import { ChatBody } from '../../../src/dialects/openai-chat/schema.ts'
import { ERROR_STATUS, type ErrorKind, GatewayError } from '../../../src/errors.ts'

t.test('every kind of error has all four fields', async (t) => {
  for (const kind of Object.keys(ERROR_STATUS) as ErrorKind[]) {
    const { error } = encodeError(new GatewayError(kind, 'm'), null)
    t.strictSame(
      { ...error, code: typeof error.code, type: '' },
      { message: 'm', type: '', param: null, code: typeof error.code }
    )
    t.match(
      error.type,
      ERROR_STATUS[kind] >= 500 ? 'server_error' : /^(?:invalid_request|rate_limit|image_generation_user)_error$/,
      kind
    )
  }
})

t.test('the error of a broken stream is one data frame with an object in it', async (t) => {
  t.equal(
    encodeErrorFrame(new GatewayError('upstream_stream_error', 'The upstream model failed mid-response.'), null),
    'data: {"error":{"message":"The upstream model failed mid-response.","type":"server_error","param":null,"code":"upstream_stream_error"}}\n\n'
  )
})

const FAULTS = [
  [
    'a missing field',
    { instancePath: '/messages/0', keyword: 'required', params: { missingProperty: 'role' } },
    'messages[0].role',
    'missing_parameter'
  ],
  [
    'a wrong type',
    { instancePath: '/messages/0/content', keyword: 'type', params: { type: 'array' } },
    'messages[0].content',
    'invalid_type'
  ],
  ['a body that is no object', { instancePath: '', keyword: 'type', params: { type: 'object' } }, '', 'invalid_type'],
  ['anything else', { instancePath: '/n', keyword: 'maximum', params: {}, message: 'must be <= 8' }, 'n', 'invalid_value']
] as const

for (const [name, fault, param, kind] of FAULTS) {
  t.test(`${name} in the schema is one refusal that names the field`, async (t) => {
    const error = schemaError([fault])
    t.strictSame([error.param ?? '', error.kind], [param, kind])
  })
}

t.test('D38 a union that fits nowhere is told once, not arm by arm', async (t) => {
  const arm = { instancePath: '/input', keyword: 'type', params: { type: 'string' } }
  const error = schemaError([arm, arm, { instancePath: '/input', keyword: 'anyOf', params: {} }])
  t.equal(error.message, "Invalid value for 'input': it has none of the accepted shapes.")
})

t.test('paths are written as callers write them', async (t) => {
  t.equal(fieldPath('/messages/0/content/12/a~1b'), 'messages[0].content[12].a/b')
})

t.test('the chat schema takes nulls and unknown fields, and refuses wrong types', async (t) => {
  const validate = new Ajv({ coerceTypes: false, removeAdditional: false, useDefaults: false }).compile(ChatBody)
  t.ok(validate({ model: 'm', messages: [], temperature: null, stop: 4, whatever: true }))
  t.notOk(validate({ model: 'm', messages: 'hi' }))
  t.equal(schemaError(validate.errors ?? []).message, "Invalid type for 'messages': expected an array.")
})
