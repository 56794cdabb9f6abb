import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A key and its self-signed certificate. Made for one test, because a scan for secrets would find a key in the repository. */
export function certificate(): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
  try {
    const [keyout, out] = [join(folder, 'key'), join(folder, 'cert')]
    const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=x']
    execFileSync('openssl', [...args, '-keyout', keyout, '-out', out], { stdio: 'ignore' })
    return { key: readFileSync(keyout), cert: readFileSync(out) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
