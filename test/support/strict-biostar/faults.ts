/** What a server may do instead of, or after, the normal work of a request. */
import type { ServerResponse } from 'node:http';
import { messageOf } from './codes';

/**
 * 'hang': no answer, nothing done; 'drop': cut before acting; 'act-then-drop': acts, then cuts without an answer;
 * 'html': a page instead of an answer, nothing done; an object: this answer instead; 'kick' / 'expire': the session of the
 * request is gone, 401 with code 10 / 11.
 */
export type Fault =
  | 'hang' | 'drop' | 'act-then-drop' | 'html' | 'kick' | 'expire'
  | { http: number; code: string | number; message?: string; bare?: boolean };

/** Carries out a fault that needs no work. False: go on with the normal work. */
export function misbehaved(fault: Fault | null, res: ServerResponse, forget: (code: '10' | '11') => void): boolean {
  if (fault === null || fault === 'act-then-drop') return false;
  if (fault === 'hang') return true;
  if (fault === 'drop') {
    res.destroy();
    return true;
  }
  if (fault === 'html') {
    res.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>nginx</body></html>');
    return true;
  }
  if (fault === 'kick' || fault === 'expire') {
    const code = fault === 'kick' ? '10' : '11';
    forget(code);
    answered(res, 401, { code, message: messageOf(code) }, false);
    return true;
  }
  answered(res, fault.http, { code: String(fault.code), message: fault.message ?? messageOf(String(fault.code)) }, fault.bare === true);
  return true;
}

function answered(res: ServerResponse, http: number, head: { code: string; message: string }, bare: boolean): void {
  res.writeHead(http, { 'content-type': 'application/json;charset=UTF-8' });
  res.end(JSON.stringify(bare ? head : { Response: head }));
}
