/** Every word that is asked for exists, in every language, and every node has its help in each. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

type Tree = { [key: string]: string | Tree };

const LANGUAGES = readdirSync('locales');
const TYPES = Object.keys((JSON.parse(readFileSync('package.json', 'utf8')) as { 'node-red': { nodes: object } })['node-red'].nodes);
const EVERYWHERE = ['config-missing', 'config-unresolved', 'config-invalid', 'credentials-missing', 'error', 'working', 'ready'];
const SESSION = ['signed-out', 'signing-in', 'signed-in', 'paused', 'failed', 'not-verified'];
/** What the runtime sets as status, beside EVERYWHERE. */
const STATUSES: Readonly<Record<string, string[]>> = {
  'mc-site': SESSION,
  'mc-login': [...SESSION, 'no-credit', 'mobile-mismatch', 'store-beside-others'],
  'mc-issue': ['working', 'done', 'failed', 'unknown', 'store-beside-others'],
  'mc-import': ['planned', 'done', 'paused', 'interrupted', 'store-beside-others'],
  'mc-watch': ['watching', 'watching-portal', 'watching-biostar', 'polling', 'failed', 'held', 'store-beside-others'],
  'mc-blacklist': ['blocked', 'unblocked', 'done', 'nearly-full', 'pending', 'store-beside-others'],
  'mc-user': ['ready', 'working', 'done', 'partial', 'following', 'store-beside-others'],
  'mc-events': ['connecting', 'listening', 'catching-up', 'lost', 'silent'],
  'mc-audit': ['done', 'verified', 'broken', 'erased', 'store-beside-others'],
  'mc-reader': ['ready', 'no-device', 'format-too-short', 'read', 'line-down', 'connecting', 'stuck', 'failed', 'key', 'line-overloaded'],
  'mc-access': ['granted', 'denied', 'lockdown', 'fire', 'ready', 'no-list', 'clock-doubtful', 'rules-refused', 'store-beside-others'],
  'mc-door': ['locked', 'unlocked', 'granted', 'unknown', 'opened', 'held-open', 'forced-open', 'tamper', 'line-down', 'connecting', 'not-armed', 'refused', 'held-open-soon', 'line-overloaded',
    'locked-host-timed', 'unlocked-host-timed', 'granted-host-timed', 'opened-host-timed', 'site-ready', 'site-lost'],
  'mc-store': ['opening', 'ready', 'locked', 'corrupt', 'full', 'closed', 'beside-others', 'read-only', 'audit-failed'],
  'mc-line': ['connecting', 'up', 'down'],
  'mc-controller': ['ready'],
  'mc-simulator': ['starting', 'running', 'port-in-use', 'stopped'],
};

const catalog = (language: string, type: string): Tree => JSON.parse(readFileSync(join('locales', language, `${type}.json`), 'utf8')) as Tree;

function keysOf(tree: Tree, above = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [`${above}${key}`] : keysOf(value, `${above}${key}.`)));
}

function valueOf(tree: Tree, key: string): unknown {
  return key.split('.').reduce<unknown>((found, part) => (typeof found === 'object' && found !== null ? (found as Tree)[part] : undefined), tree);
}

const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] as string);

describe('catalogs', () => {
  it('exist for every node type in every language, with its help', () => {
    const missing = LANGUAGES.flatMap((language) => TYPES.flatMap((type) => [`${type}.json`, `${type}.html`].map((file) => join('locales', language, file))))
      .filter((path) => !existsSync(path));
    assert.deepEqual(missing, []);
    assert.ok(LANGUAGES.includes('en-US'));
  });

  for (const language of LANGUAGES) {
    for (const type of TYPES) {
      it(`${language}/${type}: has the keys of the English one, none empty, with the same gaps`, () => {
        const [own, english] = [catalog(language, type), catalog('en-US', type)];
        assert.deepEqual(keysOf(own).sort(), keysOf(english).sort());
        const gaps = (text: unknown): string[] => matches(String(text), /__(\w+)__/g).sort();
        for (const key of keysOf(own)) {
          const word = valueOf(own, key);
          assert.ok(typeof word === 'string' && word.trim() !== '', key);
          assert.deepEqual(gaps(word), gaps(valueOf(english, key)), key);
        }
      });

      it(`${language}/${type}: has every word that its dialog asks for`, () => {
        const own = catalog(language, type);
        const html = readFileSync(join('nodes', 'editor', `${type}.html`), 'utf8');
        const script = readFileSync(join('nodes', 'editor', `${type}.ts`), 'utf8');
        const asked = [
          ...matches(html, /data-i18n="(?:\[\w+\])?([^"]+)"/g).filter((key) => !key.includes(':')),
          ...matches(script, new RegExp(`word\\('${type}', '([^']+)'`, 'g')).map((key) => `${type}.${key}`),
          `${type}.title`,
          ...matches(html, /id="node-(?:config-)?input-(\w+)"/g).filter((name) => name !== 'name').map((name) => `${type}.label.${name}`),
          ...matches(script, /(?:outputs: \[|input: )([^\]\n]*)/g).flatMap((part) => matches(part, /'(\w+)'/g)).map((port) => `${type}.port.${port}`),
        ];
        assert.deepEqual(asked.filter((key) => typeof valueOf(own, key) !== 'string'), []);
      });

      it(`${language}/${type}: has every status text`, () => {
        const status = catalog(language, type)[type] as Tree;
        assert.deepEqual([...EVERYWHERE, ...(STATUSES[type] ?? [])].filter((key) => typeof (status['status'] as Tree)[key] !== 'string'), []);
      });

      it(`${language}/${type}: help is one script of this type, in sections`, () => {
        const help = readFileSync(join('locales', language, `${type}.html`), 'utf8').trim();
        assert.match(help, new RegExp(`^<script type="text/markdown" data-help-name="${type}">\\n[^ \\n#]`));
        assert.equal(help.match(/<\/?script/g)?.length, 2);
        assert.ok(/^### /m.test(help));
        // The editor shows a definition only with a type, and of one with a third colon only what follows the last.
        const definitions = help.replace(/```[\s\S]*?```/g, '').split('\n').filter((line) => line.startsWith(':'));
        assert.deepEqual(definitions.filter((line) => !/^: [^:]+ \([^()]+\) : [^:]+$/.test(line)), []);
      });
    }

    it(`${language}: has every word of the checks`, () => {
      const common = catalog(language, 'mc-site')['common'] as Tree;
      const sources = readdirSync('nodes/editor/shared').map((file) => readFileSync(join('nodes/editor/shared', file), 'utf8'))
        .concat(TYPES.map((type) => readFileSync(join('nodes/editor', `${type}.ts`), 'utf8')));
      const faults = sources.flatMap((text) => matches(text, /\bkey: '([a-z-]+)'/g));
      const words = sources.flatMap((text) => matches(text, /commonWord\('([^']+)'/g));
      const composed = ['whole', 'number'].flatMap((kind) => [`${kind}-least`, `${kind}-range`]);
      assert.ok(faults.length > 10);
      assert.deepEqual([...faults, ...composed].filter((key) => typeof (common['errors'] as Tree)[key] !== 'string'), []);
      assert.deepEqual(words.filter((key) => typeof valueOf(common, key) !== 'string'), []);
    });
  }

  it('name every status that the runtime sets', () => {
    const files = readdirSync('nodes/runtime', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).map((file) => join('runtime', file)).concat(TYPES.map((type) => `${type}.ts`));
    const known = new Set([...EVERYWHERE, ...Object.values(STATUSES).flat()]);
    const set = files.flatMap((file) => matches(readFileSync(join('nodes', file), 'utf8'), /set(?:Base|Activity)\('\w+', '\w+', '([a-z-]+)'/g));
    assert.ok(set.length > 10);
    assert.deepEqual(set.filter((key) => !known.has(key)), []);
  });

  it('leave no language with help that the English one does not have', () => {
    const headings = (language: string, type: string): number => readFileSync(join('locales', language, `${type}.html`), 'utf8').match(/^#{3,4} /gm)?.length ?? 0;
    for (const language of LANGUAGES) for (const type of TYPES) assert.equal(headings(language, type), headings('en-US', type), `${language}/${type}`);
  });

  it('give every error code of a node type its explanation', () => {
    const codes = matches(readFileSync('nodes/credential/mc-error.ts', 'utf8').split('export interface')[0] as string, /'([A-Z_]+)'/g);
    const later = ['HUB_DRIVER_MISSING', 'HUB_UNREACHABLE', 'HUB_SCHEMA', 'HUB_FORBIDDEN'];
    for (const language of LANGUAGES) {
      const help = TYPES.map((type) => readFileSync(join('locales', language, `${type}.html`), 'utf8')).join('\n');
      assert.deepEqual(codes.filter((code) => !later.includes(code) && !help.includes(`\`${code}\``)), []);
    }
  });
});
