/** What a source file imports, types included: the specifiers as they are written. Strings and comments are passed over. */
export function importsOf(source: string): readonly string[] {
  const code = source.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '').replace(/`(?:[^`\\]|\\.)*`/gs, '``')
  const named = code.matchAll(/^(?:import|export)\b[^'"`;]*?from '([^']+)'/gm)
  const bare = code.matchAll(/^import '([^']+)'/gm)
  const lazy = code.matchAll(/\bimport\('([^']+)'\)/g)
  return [...named, ...bare, ...lazy].map(([, specifier = '']) => specifier)
}
