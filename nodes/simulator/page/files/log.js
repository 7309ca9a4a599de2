import { element, keyed, set } from './element.js';

const list = document.getElementById('log');

const card = ({ cardId }) => `card …${cardId.slice(-4)}`;
const whose = (event) => `${card(event)} of user ${event.userId}`;
const left = ({ credits }) => `, ${credits.bought - credits.used} credits left`;

/** Each event in words. */
const WORDS = {
  login: () => 'Signed in to the site',
  'login-refused': () => 'Sign-in refused',
  'account-locked': () => 'Account locked after wrong passwords',
  'account-unlocked': () => 'Account unlocked',
  'tokens-expired': () => 'Every session ended',
  'credits-bought': (event) => `Credits bought${left(event)}`,
  'site-changed': ({ site }) => `Site is ${site.status}, ${site.accessType}, messages by ${site.messaging}`,
  'portal-down': () => 'Portal cut off from the network',
  'portal-up': () => 'Portal back on the network',
  reset: () => 'Started anew',
  reserved: (event) => `Reserved ${whose(event)}`,
  issued: (event) => `Issued ${whose(event)}${left(event)}`,
  activated: (event) => `Activated ${whose(event)}`,
  resent: (event) => `Message sent again for ${whose(event)}`,
  reissued: (event) => `Re-issued ${whose(event)} in place of …${event.replaces.slice(-4)}${left(event)}`,
  suspended: (event) => `Suspended ${whose(event)}`,
  resumed: (event) => `Resumed ${whose(event)}`,
  deleted: (event) => `Deleted ${whose(event)}`,
  'reader-registered': ({ device }) => `${device} registered for the site`,
  'reader-unregistered': ({ device }) => `${device} taken off the site`,
  'card-presented': (event) => `Reader ${event.reader}: ${card(event)} presented`,
  'strike-on': ({ door }) => `Door ${door}: strike on`,
  'strike-off': ({ door, energisedMs }) => `Door ${door}: strike off after ${(energisedMs / 1000).toFixed(1)} s`,
  'door-opened': ({ door }) => `Door ${door}: opened`,
  'door-forced': ({ door }) => `Door ${door}: forced open`,
  'door-closed': ({ door }) => `Door ${door}: closed`,
  'exit-pressed': ({ door }) => `Door ${door}: exit button pressed`,
  tamper: ({ door }) => `Door ${door}: housing opened`,
  'tamper-cleared': ({ door }) => `Door ${door}: housing closed`,
};

const GRAVE = ['login-refused', 'account-locked', 'door-forced', 'tamper', 'portal-down'];

/** What happened, newest first. */
export function showLog({ events }) {
  const seen = new Map();
  // Two alike in the same millisecond are two: their place among their like tells them apart, counted from the oldest.
  const items = [...events].reverse().map((event) => {
    const like = `${event.at} ${event.event} ${event.door ?? ''} ${event.cardId ?? ''}`;
    seen.set(like, (seen.get(like) ?? 0) + 1);
    return { event, key: `${like} ${seen.get(like)}` };
  }).reverse();
  keyed(list, items, ({ key }) => key, entry);
  document.getElementById('log-empty').hidden = events.length > 0;
}

function entry({ event }) {
  const words = WORDS[event.event];
  const time = element('time', { dateTime: event.at });
  const text = element('span');
  const node = element('li', { className: GRAVE.includes(event.event) ? 'grave' : '' }, time, text);
  set(time, 'textContent', new Date(event.at).toLocaleTimeString());
  set(text, 'textContent', words === undefined ? event.event : words(event));
  return { node, update() { /* the past does not change */ } };
}
