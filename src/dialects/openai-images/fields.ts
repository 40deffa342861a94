/** Members of Stability's and Amazon's own bodies that pass as they are (AWS's inference parameters, 2026-07). */
export const MODEL_FIELDS: Readonly<Record<string, 'string' | 'number'>> = {
  negative_prompt: 'string',
  seed: 'number',
  strength: 'number',
  grow_mask: 'number',
  style_preset: 'string',
  search_prompt: 'string',
  select_prompt: 'string',
  control_strength: 'number',
  fidelity: 'number',
  creativity: 'number',
  left: 'number',
  right: 'number',
  up: 'number',
  down: 'number',
  cfgScale: 'number'
}
