import { addressCheck, fingerprintCheck, timeZoneCheck } from './shared/checks';
import { choice, json, number, reference, text } from './shared/properties';
import { registerConfigNode } from './shared/register-node';
import { word } from './shared/words';

/** The entries of `routes`: what no public document names about the portal. */
const ROUTES = ['list', 'devices', 'resend', 'reissue', 'suspend', 'resume', 'delete'];

registerConfigNode('mc-site', {
  properties: {
    provider: choice('portal', ['portal', 'biostar']),
    domain: text('https://api.mc.suprema.io', addressCheck),
    port: number('443', 1, 65_535),
    siteId: text('', undefined, { required: (sibling) => sibling('provider') !== 'biostar' }),
    messaging: choice('email', ['email', 'text']),
    nameRule: choice('strict', ['strict', 'extended']),
    timeZone: text('', timeZoneCheck),
    tls: reference('tls-config', false),
    pin: text('', fingerprintCheck),
    creditReserve: number('0', 0, 999_999_999),
    dailyCreditLimit: number('0', 0, 999_999_999),
    routes: json((routes) => {
      const unknown = Object.keys(routes).find((name) => !ROUTES.includes(name));
      return unknown === undefined ? null : { key: 'route', values: { wrong: unknown, choices: ROUTES.join(', ') } };
    }),
  },
  credentials: { email: { type: 'text', required: true }, password: { type: 'password', required: true } },
  labelOf: ({ siteId }) => (typeof siteId === 'string' && siteId !== '' ? word('mc-site', 'named', { siteId }) : null),
});
