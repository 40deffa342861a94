/**
 * Where the process can be reached from its own machine: for the health check, which must not fail on any other variable, and which
 * runs twice a minute for as long as the container lives, so that it loads nothing but this.
 */
export function readAddress(env: NodeJS.ProcessEnv = process.env): { readonly host: string; readonly port: number } {
  const { HOST: host = '', PORT: port } = env
  return { host: ANY_ADDRESS.has(host) ? '127.0.0.1' : host, port: Number(port || 8080) }
}

const ANY_ADDRESS = new Set(['', '0.0.0.0', '::'])
