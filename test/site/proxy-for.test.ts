import assert from 'node:assert/strict';
import { isMcError } from '../../nodes/credential/mc-error';
import { proxyFor } from '../../nodes/site/proxy-for';

const found = (target: string, environment: Record<string, string>): string | null => proxyFor(new URL(target), environment)?.href ?? null;

describe('the proxy for an address', () => {
  const cases: [string, Record<string, string>, string | null][] = [
    ['https://a.example', {}, null],
    ['https://a.example', { HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128/'],
    ['https://a.example', { HTTPS_PROXY: 'http://p:1', https_proxy: 'http://q:2' }, 'http://q:2/'],
    ['https://a.example', { https_proxy: '', HTTPS_PROXY: 'p:1' }, 'http://p:1/'],
    ['https://a.example', { HTTP_PROXY: 'http://p:1' }, null],
    ['http://127.0.0.1', { HTTP_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['https://a.example', { ALL_PROXY: 'https://p:1' }, 'https://p:1/'],
    ['https://a.example', { ALL_PROXY: 'http://p:1', NO_PROXY: '*' }, null],
    ['https://a.example', { ALL_PROXY: 'http://p:1', no_proxy: 'b.example A.example' }, null],
    ['https://x.a.example', { ALL_PROXY: 'http://p:1', NO_PROXY: 'a.example' }, 'http://p:1/'],
    ['https://x.a.example', { ALL_PROXY: 'http://p:1', NO_PROXY: '.a.example' }, null],
    ['https://x.a.example', { ALL_PROXY: 'http://p:1', NO_PROXY: '*.a.example' }, null],
    ['https://a.example', { ALL_PROXY: 'http://p:1', NO_PROXY: 'a.example:443' }, null],
    ['https://a.example:8443', { ALL_PROXY: 'http://p:1', NO_PROXY: 'a.example:443' }, 'http://p:1/'],
    ['https://10.1.2.3', { ALL_PROXY: 'http://p:1', NO_PROXY: '10.0.0.0/8' }, null],
    ['https://11.1.2.3', { ALL_PROXY: 'http://p:1', NO_PROXY: '10.0.0.0/8' }, 'http://p:1/'],
    ['https://10.1.2.3', { ALL_PROXY: 'http://p:1', NO_PROXY: '10.0.0.0/99,fe80::/10,x/8' }, 'http://p:1/'],
    ['http://[::1]:9', { ALL_PROXY: 'http://p:1', NO_PROXY: '[::1]:9' }, null],
    ['http://[::1]:9', { ALL_PROXY: 'http://p:1', NO_PROXY: '::1' }, null],
  ];
  for (const [target, environment, expected] of cases) {
    it(`${target} with ${JSON.stringify(environment)} is ${expected}`, () => assert.equal(found(target, environment), expected));
  }

  it('is CONFIG_INVALID where it is none, without showing what was written', () => {
    for (const proxy of ['socks5://user:hidden@p:1', 'http://user:hidden@:x']) {
      assert.throws(() => found('https://a.example', { HTTPS_PROXY: proxy }), (error: Error) => isMcError(error, 'CONFIG_INVALID') && !error.message.includes('hidden'));
    }
  });
});
