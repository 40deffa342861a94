/**
 * Tells whether a host name, as a browser would write it in an address, stands for this machine and for no other, whoever answers
 * for its DNS: `localhost` and the names below it (RFC 6761), 127.0.0.0/8 and ::1.
 */
function isLoopbackName(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '')
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name)
}

/** The same of an `Origin` header; `null`, as of a sandboxed frame or a file, is nobody's. */
export function isLoopbackOrigin(origin: string): boolean {
  const url = URL.parse(origin)
  return url !== null && isLoopbackName(url.hostname)
}

/** The same of a `Host` header, with or without a port. */
export function isLoopbackHost(host: string | undefined): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d+)?$/i.exec(host ?? '')?.[1]
  return name !== undefined && isLoopbackName(name)
}
