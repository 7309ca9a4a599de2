/** Certificates made by openssl for one test run; nothing of them is kept. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface KeyPair { key: string; cert: string; fingerprint: string }

export interface Certificates {
  authority: KeyPair;
  /** By the authority, for 127.0.0.1 and localhost. */
  good: KeyPair;
  /** By the authority, for another name. */
  otherName: KeyPair;
  /** By the authority, for 127.0.0.1, over since long. */
  expired: KeyPair;
  /** By itself, for 127.0.0.1. */
  selfSigned: KeyPair;
}

/** Null where there is no openssl. */
export function makeCertificates(): Certificates | null {
  const folder = mkdtempSync(join(tmpdir(), 'mc-certificates-'));
  const openssl = (...args: string[]): void => { execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] }); };
  const pair = (name: string): KeyPair => {
    const cert = readFileSync(join(folder, `${name}.pem`), 'utf8');
    return { key: readFileSync(join(folder, `${name}.key`), 'utf8'), cert, fingerprint: new X509Certificate(cert).fingerprint256 };
  };
  const selfSigned = (name: string, alternative: string | null): KeyPair => {
    openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.pem`, '-days', '2', '-subj', `/CN=${name}`, ...(alternative === null ? [] : ['-addext', `subjectAltName=${alternative}`]));
    return pair(name);
  };
  const signed = (name: string, alternative: string, days: string): KeyPair => {
    openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${alternative}\n`);
    openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial', '-out', `${name}.pem`, '-days', days, '-extfile', `${name}.ext`);
    return pair(name);
  };
  try {
    openssl('version');
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
  try {
    return {
      authority: selfSigned('authority', null), selfSigned: selfSigned('selfSigned', 'IP:127.0.0.1'),
      good: signed('good', 'IP:127.0.0.1,DNS:localhost', '2'), otherName: signed('otherName', 'DNS:portal.example', '2'), expired: signed('expired', 'IP:127.0.0.1', '-1'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
