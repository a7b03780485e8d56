// How a worker is started: its settings, and its certificate.
import { strict as assert } from 'node:assert'
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as mediasoup from 'mediasoup'

// The package says so itself when a worker ends with the code of wrong settings.
const wrong = (settings) => assert.rejects(mediasoup.createWorker({ logLevel: 'none', ...settings }), TypeError)

export const steps = {
  async 'refuses wrong settings'() {
    await wrong({ rtcMinPort: 40_000, rtcMaxPort: 30_000 })
    await wrong({ logTags: ['nonsense'] })
    await wrong({ dtlsCertificateFile: '/nowhere/cert.pem', dtlsPrivateKeyFile: '/nowhere/key.pem' })
    await wrong({ dtlsCertificateFile: process.execPath, dtlsPrivateKeyFile: process.execPath })
  },

  async 'takes every setting of the controller'() {
    const worker = await mediasoup.createWorker({
      logLevel: 'error',
      logTags: ['info', 'ice', 'dtls', 'rtp', 'srtp', 'rtcp', 'rtx', 'bwe', 'score', 'simulcast', 'svc', 'sctp', 'message'],
      rtcMinPort: 20_000,
      rtcMaxPort: 20_999,
      libwebrtcFieldTrials: 'WebRTC-Bwe-AlrLimitedBackoff/Enabled/',
    })
    const router = await worker.createRouter({ mediaCodecs: [] })
    const transport = await router.createPlainTransport({ listenIp: '127.0.0.1' })
    assert.ok(transport.tuple.localPort >= 20_000 && transport.tuple.localPort <= 20_999)
    worker.close()
  },

  async 'shows the certificate it was given'() {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-'))
    const [dtlsCertificateFile, dtlsPrivateKeyFile] = ['cert.pem', 'key.pem'].map((name) => join(folder, name))
    try {
      const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', dtlsPrivateKeyFile]
      execFileSync('openssl', ['req', '-x509', ...key, '-out', dtlsCertificateFile, '-subj', '/CN=millrace', '-days', '2'], { stdio: 'ignore' })
      const worker = await mediasoup.createWorker({ logLevel: 'none', dtlsCertificateFile, dtlsPrivateKeyFile })
      const router = await worker.createRouter({ mediaCodecs: [] })
      const { dtlsParameters } = await router.createWebRtcTransport({ listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }] })
      const { value } = dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256')
      assert.equal(value, new X509Certificate(readFileSync(dtlsCertificateFile)).fingerprint256)
      worker.close()
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}
