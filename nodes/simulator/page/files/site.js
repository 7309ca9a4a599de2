import { act } from './connection.js';
import { set } from './element.js';

const byId = (id) => document.getElementById(id);
const selects = [...document.querySelectorAll('[data-site]')];
let online = true;

/** The site's name, counter and settings. */
export function showSite({ site, account, credits }) {
  ({ online } = site);
  set(byId('site-line'), 'textContent', `${site.name} · Site ID ${site.id}`);
  set(byId('counter'), 'textContent', `${credits.used} / ${credits.bought}`);
  byId('counter').dataset.low = String(credits.left === 0);
  set(byId('site-id'), 'textContent', site.id);
  set(byId('site-name'), 'textContent', site.name);
  set(byId('account'), 'textContent', `${account.email}${account.locked ? ' (locked)' : ''}`);
  set(byId('text-credits'), 'textContent', String(credits.text));
  set(byId('unlock'), 'disabled', !account.locked);
  set(byId('network'), 'textContent', online ? 'Cut the portal off' : 'Connect the portal');
  byId('network').dataset.off = String(!online);
  for (const select of selects) set(select, 'value', site[select.dataset.site]);
}

export function listenToSite() {
  byId('buy').addEventListener('submit', (event) => {
    event.preventDefault();
    void act('credits', { count: byId('buy-count').valueAsNumber });
  });
  for (const select of selects) select.addEventListener('change', () => void act('site', { [select.dataset.site]: select.value }));
  byId('unlock').addEventListener('click', () => void act('unlock'));
  byId('expire').addEventListener('click', () => void act('expire-tokens'));
  byId('network').addEventListener('click', () => void act('portal', { up: !online }));
  byId('reset').addEventListener('click', () => {
    if (window.confirm('Start anew? Every credential, message and credit of this simulated site goes.')) void act('reset');
  });
}
