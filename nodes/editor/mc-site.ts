import { addressCheck, type Check, fingerprintCheck, timeZoneCheck } from './shared/checks';
import type { Dialog } from './shared/dialog';
import { choice, json, number, reference, text } from './shared/properties';
import { registerConfigNode } from './shared/register-node';
import { word } from './shared/words';

/** The entries of `routes`: what no public document names about the portal. */
const ROUTES = ['list', 'devices', 'resend', 'reissue', 'suspend', 'resume', 'delete'];

const PORTAL = 'https://api.mc.suprema.io';
/** There is no default for a BioStar server, and the portal is none. */
const domainCheck: Check = (value, sibling) =>
  (sibling('provider') === 'biostar' && String(value).includes('api.mc.suprema.io') ? { key: 'address-portal' } : addressCheck(value, sibling));

registerConfigNode('mc-site', {
  properties: {
    provider: choice('portal', ['portal', 'biostar']),
    domain: text(PORTAL, domainCheck, { required: (sibling) => sibling('provider') === 'biostar' }),
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
  labelOf: ({ provider, domain, siteId }) => {
    if (provider === 'biostar') return typeof domain === 'string' && domain !== '' ? word('mc-site', 'named-biostar', { host: domain.replace(/^https?:\/\//, '') }) : null;
    return typeof siteId === 'string' && siteId !== '' ? word('mc-site', 'named', { siteId }) : null;
  },
  prepare: followProvider,
});

/** The portal's address is there from the start; that of a BioStar server is the person's own. */
function followProvider(dialog: Dialog): void {
  const [domain, siteId] = [dialog.field('domain'), dialog.field('siteId')];
  const siteIdAtPortal = siteId.attr('placeholder');
  const show = (): boolean => {
    const biostar = dialog.value('provider') === 'biostar';
    domain.attr('placeholder', biostar ? 'https://biostar.example' : PORTAL);
    siteId.attr('placeholder', biostar ? word('mc-site', 'placeholder.siteId-biostar') : siteIdAtPortal ?? '');
    return biostar;
  };
  let was = show();
  dialog.form().on('change', 'select, input', () => {
    const biostar = show();
    if (biostar === was) return;
    was = biostar;
    if (dialog.value('domain') === (biostar ? PORTAL : '')) domain.val(biostar ? '' : PORTAL);
    domain.add(siteId).trigger('change');
  });
}
