/** One node of each type, filled in as a person would, and what else each of their fields may hold. */
export type SampleNode = Record<string, unknown> & { id: string; type: string };

export const CREDENTIALS = { 'n-mc-site': { email: 'admin@site.example', password: 'not a real one' } };

const tab = { id: 'sample-tab', type: 'tab', label: 'sample' };

/** Properties by type; the references are those of the flow itself. */
export const SAMPLES: Readonly<Record<string, Record<string, unknown>>> = {
  'mc-site': {
    name: '', provider: 'portal', domain: 'https://api.mc.suprema.io', port: '443', siteId: '4711', messaging: 'email', nameRule: 'strict',
    timeZone: '', tls: '', pin: '', creditReserve: '0', dailyCreditLimit: '0', routes: '',
  },
  'mc-store': { name: '', engine: 'nedb', folder: '', offlineLimitHours: '168', retentionDays: '365', hubUrl: '', tls: '' },
  'mc-line': {
    name: '', transport: 'tcp', host: '192.0.2.10', port: '502', path: '', baudRate: '9600', dataBits: '8', parity: 'none', stopBits: '1',
    timeoutMs: '500', gapMs: '', maxInFlight: '1',
  },
  'mc-controller': { name: '', line: 'n-mc-line', unit: '1', profile: 'simulator', overrides: '' },
  'mc-login': { name: '', site: 'n-mc-site', store: '' },
  'mc-issue': { name: '', site: 'n-mc-site', store: 'n-mc-store', action: '' },
  'mc-import': {
    name: '', site: 'n-mc-site', store: 'n-mc-store', mode: 'plan', conflict: 'preserve', mapping: '', concurrency: '4', maxRows: '100000',
  },
  'mc-watch': {
    name: '', site: 'n-mc-site', store: 'n-mc-store', intervalSeconds: '60', statuses: [], initial: false, adopt: 'all-doors', maxRemovalPercent: '20',
  },
  'mc-blacklist': { name: '', site: '', store: 'n-mc-store', action: '' },
  'mc-user': { name: '', site: 'n-mc-site', store: 'n-mc-store', action: '', conflict: 'preserve', mapping: '' },
  'mc-events': { name: '', site: 'n-mc-site', kinds: [] },
  'mc-audit': { name: '', store: 'n-mc-store', action: '' },
  'mc-reader': {
    name: '', controller: 'n-mc-controller', reader: '1', door: 'Front door', direction: 'in', format: 'csn-64', byteOrder: 'msb', device: '',
    pollMs: '50', repeatMs: '2000',
  },
  'mc-access': { name: '', store: 'n-mc-store', rules: '', rulesFile: '' },
  'mc-door': {
    name: '', via: 'controller', door: 'Front door', site: '', siteDoor: '', controller: 'n-mc-controller', strike: '1', contact: '1', exit: '2', tamper: '',
    contactClosedIs: '1', exitActiveIs: '1', tamperActiveIs: '1', exitOpens: false, strikeMs: '3000', extendedStrikeMs: '', heldOpenMs: '15000', preAlarmMs: '0', relock: 'onOpen',
    debounceMs: '50', shuntMs: '3000', failMode: 'secure', hostPulse: false, maxDecisionAgeMs: '5000', pollMs: '50',
  },
  'mc-simulator': { name: '', httpPort: '0', modbusPort: '0', credits: '5', doors: '2' },
};

/** Other good values, each different from the sample's: what a person types and must find again. */
export const OTHERS: Readonly<Record<string, Record<string, unknown>>> = {
  'mc-site': {
    name: 'Head office', domain: 'https://portal.example/prefix', port: '8443', siteId: '99', messaging: 'text', nameRule: 'extended', timeZone: 'Europe/Berlin',
    pin: 'ab'.repeat(32), creditReserve: '3', dailyCreditLimit: '20', routes: '{ "list": { "rows": "data" }, "delete": null }',
  },
  'mc-store': { name: 'Doors', folder: 'credentials/head-office', offlineLimitHours: '0.5', retentionDays: '30' },
  'mc-line': { name: 'Bus', transport: 'rtu-tcp', host: '192.0.2.11', port: '4001', baudRate: '19200', timeoutMs: '900', gapMs: '2.5' },
  'mc-controller': { name: 'Cabinet', unit: '7', profile: 'waveshare-io-8', overrides: '{ "outputs": { "count": 4 } }' },
  'mc-login': { name: 'Sign in', store: 'n-mc-store' },
  'mc-issue': { name: 'Issue', action: 'reissue' },
  'mc-import': {
    name: 'Staff', mode: '', conflict: 'overwrite', mapping: '{ "Personnel number": "user_id", "Card": "csn_mobile" }', concurrency: '8', maxRows: '500',
  },
  'mc-watch': { name: 'Watch', intervalSeconds: '5', statuses: ['activated', 'deleted'], initial: true, adopt: 'ignore', maxRemovalPercent: '12.5' },
  'mc-blacklist': { name: 'Block', site: 'n-mc-site', action: 'block' },
  'mc-user': { name: 'Staff', action: 'import-csv', conflict: 'overwrite', mapping: '{ "Personnel number": "user_id", "Locker": "locker" }' },
  'mc-events': { name: 'Alarms', kinds: ['granted', 'forced-open', 'other'] },
  'mc-audit': { name: 'Trail', action: 'verify' },
  'mc-reader': { name: 'Inside', reader: '2', door: 'Back door', direction: 'out', format: 'h10301', byteOrder: 'lsb', device: 'SIM-READER-1', pollMs: '20', repeatMs: '0' },
  'mc-access': { name: 'Decide', rules: '{}', rulesFile: 'rules/plant-north.json' },
  'mc-door': {
    name: 'Front', door: 'Back door', strike: '2', contact: '5', exit: '6', tamper: '7', contactClosedIs: '0', exitActiveIs: '0', tamperActiveIs: '0',
    exitOpens: true, strikeMs: '1500', extendedStrikeMs: '9000', heldOpenMs: '20000', preAlarmMs: '5000', relock: 'afterStrike', debounceMs: '0', shuntMs: '100', failMode: 'safe', hostPulse: true,
    maxDecisionAgeMs: '1000', pollMs: '5',
  },
  'mc-simulator': { name: 'Play', httpPort: '18700', modbusPort: '18502', credits: '9', doors: '4' },
};

/** Properties that refer to config nodes; those take no variable. */
export const REFERENCES = ['site', 'store', 'controller', 'line', 'tls'];
export const TYPES = Object.keys(SAMPLES);

/** Disabled as a whole, so that nothing signs in or connects while somebody looks at dialogs. */
export function sampleFlow(change: (type: string, properties: Record<string, unknown>) => Record<string, unknown> = (_type, properties) => properties): SampleNode[] {
  const nodes = TYPES.map((type, index) => {
    const isConfig = ['mc-site', 'mc-store', 'mc-line', 'mc-controller'].includes(type);
    return {
      id: `n-${type}`, type, ...change(type, { ...SAMPLES[type] }), schemaVersion: '1',
      ...(isConfig ? {} : { z: tab.id, x: 200, y: 80 + 60 * index, wires: [], d: true }),
    };
  });
  return [tab, ...nodes];
}

/** Every property that may hold a variable holds one. */
export function variableFlow(): SampleNode[] {
  return sampleFlow((_type, properties) => Object.fromEntries(Object.entries(properties).map(([name, value]) =>
    [name, name === 'name' || REFERENCES.includes(name) ? value : `\${MC_${name.toUpperCase()}}`])));
}
