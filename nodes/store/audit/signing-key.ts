import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppendFile } from './append-file';

const KEY_FILE = 'key.pem';

export interface SigningKey {
  privateKey: KeyObject;
  publicKey: KeyObject;
}

/**
 * The Ed25519 key of a trail, made on its first opening. Where it is lost, a new one takes its place: the trail goes
 * on, and what the lost one has signed does not verify any more.
 */
export async function signingKey(folder: string): Promise<SigningKey> {
  const path = join(folder, KEY_FILE);
  const { file, found } = await AppendFile.open(path, async (handle) => ({ end: (await handle.stat()).size, pem: await readFile(path, 'utf8') }));
  try {
    const kept = keyFrom(found.pem);
    if (kept !== null) return kept;
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    await file.replaceBy(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    return { privateKey, publicKey };
  } finally {
    await file.close();
  }
}

function keyFrom(pem: string): SigningKey | null {
  try {
    const privateKey = createPrivateKey(pem);
    return privateKey.asymmetricKeyType === 'ed25519' ? { privateKey, publicKey: createPublicKey(privateKey) } : null;
  } catch {
    return null;
  }
}
