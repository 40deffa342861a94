import { readFile } from 'node:fs/promises'
import { type Config, ConfigError, type Effective, nearMisses, readConfig, readSettings } from './config.ts'
import { readConfigFile } from './config-file.ts'
import { parseKeySet } from './keys/key-set.ts'
import { parseTraitRows } from './models/parse-trait-rows.ts'
import { parsePriceRows } from './prices/parse-price-rows.ts'

/** The whole configuration, with what a document holds read to its end. Throws ConfigError with every fault. */
export async function loadConfig(): Promise<Config> {
  const config = readConfig(undefined, await readConfigFile())
  const faults = listFaults(config)
  if (faults.length > 0) throw new ConfigError(faults)
  return config
}

/** What `--check` prints, and whether the gateway would start with it. Secrets are not told. Asks nobody but for an `ssm:` document. */
export async function configReport(): Promise<{ readonly text: string; readonly faults: readonly string[] }> {
  try {
    const document = await readConfigFile()
    const { effective, faults } = readSettings(undefined, document)
    const deeper = faults.length > 0 ? [] : await fileFaults(readConfig(undefined, document))
    const warnings = nearMisses().map((miss) => `warning: ${miss}`)
    return { text: [...table(effective), ...warnings, ''].join('\n'), faults: [...faults, ...deeper] }
  } catch (error) {
    if (error instanceof ConfigError) return { text: '', faults: error.faults }
    throw error
  }
}

/** What is wrong with the lists of a document. */
function listFaults({ auth, models, prices }: Config): string[] {
  return [
    ...(auth.keys === undefined ? [] : faultOf(() => parseKeySet(JSON.stringify({ keys: auth.keys }), 'auth.keys'))),
    ...(models.traits === undefined ? [] : faultOf(() => parseTraitRows(models.traits), 'models.traits')),
    ...(prices.rows === undefined ? [] : faultOf(() => parsePriceRows(prices.rows), 'prices.rows'))
  ]
}

/** The same for the files that are named too. */
async function fileFaults(config: Config): Promise<string[]> {
  const { auth, models, prices } = config
  const faults = listFaults(config)
  if (auth.apiKeysFile !== undefined) {
    const text = await readable(auth.apiKeysFile)
    faults.push(...faultOf(() => parseKeySet(text(), 'the file of API_KEYS_FILE')))
  }
  if (models.traitsFile !== undefined) {
    const text = await readable(models.traitsFile)
    faults.push(...faultOf(() => parseTraitRows(JSON.parse(text())), 'MODEL_TRAITS_FILE'))
  }
  if (prices.file !== undefined) {
    const text = await readable(prices.file)
    faults.push(...faultOf(() => parsePriceRows(JSON.parse(text())), 'PRICES_FILE'))
  }
  return faults
}

async function readable(path: string): Promise<() => string> {
  try {
    const text = await readFile(path, 'utf8')
    return () => text
  } catch (error) {
    return () => {
      throw error
    }
  }
}

function faultOf(read: () => unknown, name?: string): string[] {
  try {
    read()
    return []
  } catch (error) {
    const message = error instanceof SyntaxError ? 'is no JSON' : error instanceof Error ? error.message : String(error)
    return [name === undefined ? message : `${name}: ${message}`]
  }
}

function table(effective: readonly Effective[]): string[] {
  const lines = effective.map(({ section, field, value, from, schema }) => [
    `${section}.${field}`,
    value === undefined ? '-' : schema.secret === true ? '(secret)' : typeof value === 'string' ? value : JSON.stringify(value),
    from
  ])
  const width = Math.max(...lines.map(([name = '']) => name.length))
  return lines.map(([name = '', value, from]) => `${name.padEnd(width)}  ${value}  (${from})`)
}
