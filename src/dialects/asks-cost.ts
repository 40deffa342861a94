/** Whether the caller wants the cost beside the token counts, also in a stream: header `x-adit-cost: true` (or `1`, `on`, `yes`). */
export function asksCost(headers: Readonly<Record<string, string | readonly string[] | undefined>>): boolean {
  const asked = headers['x-adit-cost']
  return typeof asked === 'string' && /^(?:true|1|on|yes)$/i.test(asked.trim())
}
