import { get } from 'node:http'
import { readAddress } from './address.ts'

/** The image's health check, without a shell: exits 0 when the process on this machine says that it lives. */
const request = get({ ...readAddress(), path: '/health', timeout: 2000 }, (response) => {
  process.exit(response.statusCode === 200 ? 0 : 1)
})
request.on('timeout', () => request.destroy(new Error('timeout')))
request.on('error', () => process.exit(1))
