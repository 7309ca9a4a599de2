import { type KeyObject, sign, verify } from 'node:crypto';
import type { SignedHead } from './audit-head';
import { lineOf } from '../journal-line';
import { sealedJson, splitSeal } from './sealed-text';

/** So that a signature of a head is a signature of nothing else. */
const DOMAIN = 'mobile-credential audit head 1\n';

export function headLine(head: SignedHead, privateKey: KeyObject): string {
  const text = JSON.stringify(head);
  return lineOf(sealedJson('signature', { text, seal: sign(null, Buffer.from(DOMAIN + text), privateKey).toString('base64') }));
}

/** A head from its line's JSON; null where it is damaged or another key has signed it. */
export function readHead(json: string | null, publicKey: KeyObject): SignedHead | null {
  const sealed = json === null ? null : splitSeal('signature', json);
  if (sealed === null || !verify(null, Buffer.from(DOMAIN + sealed.text), publicKey, Buffer.from(sealed.seal, 'base64'))) return null;
  try {
    return JSON.parse(sealed.text) as SignedHead;
  } catch {
    return null;
  }
}

/** Which record a head speaks of, true or not; null where it does not say. */
export function claimedSeq(json: string | null): number | null {
  const claimed = /^\{"seq":(\d{1,15}),/.exec(json ?? '')?.[1];
  return claimed === undefined ? null : Number(claimed);
}
