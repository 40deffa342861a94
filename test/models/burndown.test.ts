import t from 'tap'
import { burndownOf } from '../../src/models/burndown.ts'

const FACTORS = {
  'anthropic.claude-opus-4-8-20260301-v1:0': 15,
  'anthropic.claude-opus-4-5-20251101-v1:0': 5,
  'anthropic.claude-sonnet-4-20250514-v1:0': 5,
  'anthropic.claude-sonnet-5-v1:0': 10,
  'anthropic.claude-3-7-sonnet-20250219-v1:0': 5,
  'anthropic.claude-3-5-sonnet-20241022-v2:0': 1,
  'openai.gpt-5.6': 10,
  'openai.gpt-oss-120b-1:0': 1,
  'amazon.nova-pro-v1:0': 1,
  'nobody.knows-it': 1
}

t.test("an answer's tokens count as often as the model's quota has it", async (t) => {
  for (const [model, factor] of Object.entries(FACTORS)) t.equal(burndownOf(model), factor, model)
})
