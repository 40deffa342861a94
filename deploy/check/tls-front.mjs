// TLS in front of a plain server, byte for byte. Usage: node tls-front.mjs PORT CERTIFICATE KEY TARGET_PORT
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { createServer } from 'node:tls'

const [port, cert, key, target] = process.argv.slice(2)
const names = new Set()
const server = createServer({ cert: readFileSync(cert), key: readFileSync(key), ALPNProtocols: ['http/1.1'] }, (socket) => {
  if (!names.has(socket.servername)) process.stdout.write(`asked for ${socket.servername}\n`)
  names.add(socket.servername)
  const upstream = connect(Number(target), '127.0.0.1')
  socket.pipe(upstream).pipe(socket)
  socket.on('error', () => upstream.destroy())
  upstream.on('error', () => socket.destroy())
})
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'))
