import t from 'tap'
import { checkHost, guardedLookup, isPublicAddress } from '../../src/media/address-guard.ts'
import { createMediaLookup } from '../../src/media/media-lookup.ts'

const FORBIDDEN = [
  '127.0.0.1',
  '127.1.2.3',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '169.254.170.2',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '198.18.0.1',
  '::1',
  '::',
  'fe80::1',
  'fc00::1',
  'fd00:ec2::23',
  'fd00:ec2::254',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  'ff02::1',
  'not an address',
  // Where machines of clouds are told who they are: Azure, Alibaba, Oracle, Tencent, Scaleway, Google, EKS, and AWS's DNS and clock.
  '168.63.129.16',
  '::ffff:168.63.129.16',
  '64:ff9b::a83f:8110',
  '100.100.100.200',
  '192.0.0.192',
  '169.254.0.23',
  '169.254.42.42',
  'fd00:42::42',
  'fd20:ce::254',
  '169.254.170.23',
  'fd00:ec2::253',
  '169.254.169.123',
  // Not given out: nobody's, or a router's own.
  '100:0:0:1::1',
  '4000::1',
  'fe00::1',
  'fec0::1'
]
for (const address of FORBIDDEN) t.test(`${address} is not public`, async (t) => t.equal(isPublicAddress(address), false))
for (const address of ['8.8.8.8', '1.1.1.1', '168.63.129.17', '2606:4700:4700::1111'])
  t.test(`${address} is public`, async (t) => t.equal(isPublicAddress(address), true))

t.test('an address in a URL is checked in every spelling', async (t) => {
  for (const url of [
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://2822734096/',
    'http://[::ffff:a83f:8110]/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/'
  ]) {
    t.throws(() => checkHost(new URL(url).hostname), { name: 'ForbiddenAddress' }, url)
  }
})

t.test('a name that resolves to a private address is refused at the look-up', async (t) => {
  const error = await new Promise((resolve) => guardedLookup(createMediaLookup())('localhost', { all: true }, resolve))
  t.match(error, { name: 'ForbiddenAddress' })
})
